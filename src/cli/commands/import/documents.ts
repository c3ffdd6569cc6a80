import { z } from 'zod';
import {
  counts,
  handle,
  jobItem,
  left,
  logLine,
  outcome,
  packageRef,
  plan,
  result,
  resumed,
  via,
} from '../document-parts.ts';

/** What `import` prints under `--json`, without the `document` field. Fields are only ever added. */
export const documents = {
  import: {
    to: z.string(),
    outcome,
    handle: handle.optional(),
    dryRun: z.boolean(),
    package: packageRef,
    signer: z.string().optional(),
    signerName: z.string().optional().describe('the name that the user gave to the key'),
    trustedBy: z.string().optional().describe('the file or flag that gives the trust in the signer'),
    upload: z.enum(['created', 'overwritten', 'kept']).optional(),
    counts,
    plan,
    warnings: z.array(z.string()),
    items: z.array(jobItem),
    result,
    left,
    backup: z.string().optional(),
    log: z.array(logLine).describe('with --log, for a preview, and for a dry run that has no plan'),
    via,
    resumed,
  },
};
