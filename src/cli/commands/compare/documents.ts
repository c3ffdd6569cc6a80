import { z } from 'zod';
import { comparison, outcome } from '../document-parts.ts';

/** What `compare` prints under `--json`, without the `document` field. Fields are only ever added. */
export const documents = {
  compare: { from: z.string(), to: z.string(), outcome, ...comparison },
};
