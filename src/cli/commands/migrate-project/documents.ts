import { z } from 'zod';
import {
  comparison,
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
    each: z
      .array(
        z.strictObject({
          project: z.string(),
          outcome: z.enum(['done', 'partial', 'started', 'failed', 'not-started']),
          handle: handle.optional(),
          backup: z.string().optional(),
          reason: z.string().optional(),
        }),
      )
      .optional()
      .describe(
        'what became of each project, when each one is moved by a job of its own; also in the details of an error',
      ),
    jobs: z.array(handle),
    logOf: handle.optional().describe('the dry run whose log its server still has'),
    package: packageRef.optional(),
    counts,
    plan,
    dryRun: z.boolean(),
    warnings: z.array(z.string()),
    items: z.array(jobItem),
    result,
    verified: z.strictObject(comparison).optional().describe('what --verify found'),
    left,
    backup: z.string().optional(),
    log: z.array(logLine).describe('with --log, for a preview, and for a dry run that has no plan'),
    via,
    resumed,
  },
};
