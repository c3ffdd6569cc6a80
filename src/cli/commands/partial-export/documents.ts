import { z } from 'zod';
import { handle, left, outcome, packageRef, readers, resumed, sealed, storedPackage, via } from '../document-parts.ts';

/** What `partial-export` prints under `--json`, without the `document` field. Fields are only ever added. */
export const documents = {
  'partial-export': {
    from: z.string(),
    outcome,
    handle,
    package: packageRef.optional(),
    projects: z.array(z.string()),
    warnings: z.array(z.string()),
    sealed: sealed.optional(),
    stored: storedPackage.extend({ instance: z.string() }).optional(),
    file: z.string().optional(),
    readers: readers.optional(),
    left,
    via,
    resumed,
  },
};
