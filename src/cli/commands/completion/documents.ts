import { z } from 'zod';

/** What `completion` prints under `--json`, without the `document` field. Fields are only ever added. */
export const documents = { completion: { shell: z.string(), script: z.string() } };
