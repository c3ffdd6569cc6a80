import { z } from 'zod';

/** What `doctor` prints under `--json`, without the `document` field. Fields are only ever added. */
export const documents = {
  doctor: {
    outcome: z.enum(['done', 'partial']),
    findings: z.array(
      z.strictObject({
        subject: z.string(),
        state: z.enum(['good', 'warning', 'bad']),
        text: z.string(),
        hint: z.string().optional(),
      }),
    ),
  },
};
