import { z } from 'zod';

/** What `inventory` prints under `--json`, without the `document` field. Fields are only ever added. */
export const documents = {
  inventory: {
    from: z.string(),
    items: z.array(
      z.strictObject({
        kind: z.string(),
        id: z.string(),
        name: z.string(),
        container: z.string().optional(),
        modifiedAt: z.string().optional(),
      }),
    ),
  },
};
