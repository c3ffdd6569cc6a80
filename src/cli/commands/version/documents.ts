import { z } from 'zod';

/** What `version` prints under `--json`, without the `document` field. Fields are only ever added. */
export const documents = {
  version: {
    version: z.string(),
    /** The version of Node.js, without the letter in front. */
    node: z.string(),
    platform: z.string(),
    arch: z.string(),
    /** With `--check`. */
    newest: z.string().optional(),
    isNewest: z.boolean().optional(),
  },
};
