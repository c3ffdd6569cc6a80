import { z } from 'zod';

/** What `demo` prints under `--json`, without the `document` field. Fields are only ever added. */
export const documents = {
  demo: { folder: z.string(), package: z.string(), seconds: z.number() },
  'demo-waves': {
    folder: z.string(),
    report: z.string(),
    seconds: z.number(),
    done: z.number().int(),
    failed: z.number().int(),
    skipped: z.number().int(),
  },
};
