import { z } from 'zod';

/** What `init` prints under `--json`, without the `document` field. Fields are only ever added. */
export const documents = {
  init: {
    file: z.string(),
    next: z.array(z.string()).describe('command lines to go on with, as they are typed'),
  },
};
