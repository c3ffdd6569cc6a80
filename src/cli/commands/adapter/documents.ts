import { z } from 'zod';

/** What `adapter new` prints under `--json`, without the `document` field. Fields are only ever added. */
export const documents = {
  'adapter-new': {
    product: z.string(),
    folder: z.string(),
    files: z.array(z.string()).describe('below the folder'),
  },
};
