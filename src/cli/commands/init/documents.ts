import { z } from 'zod';

/** What `init` prints under `--json`, without the `document` field. Fields are only ever added. */
export const documents = {
  init: {
    file: z.string(),
    missing: z
      .array(z.string())
      .describe(
        'files and variables that the secret references name, and that are not there yet: "file <path>", "variable <NAME>"',
      ),
    next: z.array(z.string()).describe('command lines to go on with, as they are typed'),
  },
};
