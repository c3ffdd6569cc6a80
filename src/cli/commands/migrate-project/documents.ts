import { z } from 'zod';
import {
  comparison,
  handle,
  jobItem,
  left,
  logLine,
  outcome,
  packageRef,
  plan,
  result,
  resumed,
} from '../document-parts.ts';

/** What `migrate-project` prints under `--json`, without the `document` field. Fields are only ever added. */
export const documents = {
  'migrate-project': {
    from: z.string(),
    to: z.string(),
    outcome,
    route: z.enum(['move', 'push', 'relay']),
    waitingFor: z.string().optional(),
    rerouted: z.string().optional(),
    projects: z.array(z.string()),
    jobs: z.array(handle),
    package: packageRef.optional(),
    plan,
    dryRun: z.boolean(),
    warnings: z.array(z.string()),
    items: z.array(jobItem),
    result,
    verified: z.strictObject(comparison).optional().describe('what --verify found'),
    left,
    backup: z.string().optional(),
    log: z.array(logLine),
    resumed,
  },
};
