import { z } from 'zod';

/** What `help` prints under `--json`, without the `document` field. Fields are only ever added. */
export const documents = { help: { words: z.array(z.string()), text: z.string() } };
