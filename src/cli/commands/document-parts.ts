import { z } from 'zod';
import { resultActions } from '../../core/snapshots/result.ts';
import { countedActions } from '../../core/snapshots/tally.ts';
import { errorCodes } from '../../errors.ts';
import { manifestSchema } from '../../package/index.ts';

export const outcome = z.enum(['done', 'partial', 'started']);
export const handle = z.string().describe('<product>:<instance>:<id>; the argument of the job commands');
export const packageRef = z.strictObject({ id: z.string(), version: z.string() });

export const storedPackage = z.strictObject({
  id: z.string(),
  version: z.string(),
  fileName: z.string(),
  size: z.number().int().optional().describe('bytes'),
  digest: z.strictObject({ algorithm: z.enum(['sha1', 'sha256']), hex: z.string() }).optional(),
  publishedAt: z.string().optional(),
});

export const sealed = z.strictObject({
  manifest: manifestSchema,
  size: z.number().int().describe('bytes of the package file'),
  contentSha256: z.string().describe('SHA-256 of the content member, in hex'),
  signer: z.string().optional().describe('key id; absent when the package is not signed'),
});

export const readers = z
  .array(
    z.strictObject({
      recipient: z.string(),
      you: z.boolean().describe('it is your own key, now or before a rotation'),
      groups: z.array(z.string()).describe('the groups of the rc file that have it'),
    }),
  )
  .describe('who can open the package; empty when it is not encrypted to recipients');

const message = z.strictObject({ level: z.enum(['info', 'warning', 'error']), text: z.string() });

export const jobItem = z.strictObject({
  kind: z.string(),
  name: z.string(),
  action: z.enum(['created', 'overwritten', 'skipped', 'failed', 'done']),
  reason: z.string().optional(),
});

export const jobStatus = z.strictObject({
  id: z.string(),
  kind: z.enum(['export', 'import', 'dry-run', 'move', 'undo', 'other']),
  state: z.enum(['queued', 'running', 'waiting', 'cancelling', 'succeeded', 'partial', 'failed', 'cancelled']),
  wireState: z.string().describe('the state as the server names it'),
  unclear: z.boolean().optional().describe('true: that word is not known, and `state` is a guess'),
  fraction: z.number().min(0).max(1).optional(),
  attended: z
    .boolean()
    .optional()
    .describe('true: migrator makes the next call, so the job stands still without a process that waits for it'),
  activity: z.string().optional(),
  waitingFor: z.string().optional(),
  queuedAt: z.string().optional(),
  startedAt: z.string().optional(),
  finishedAt: z.string().optional(),
  messages: z.array(message),
  undelivered: z.boolean().optional(),
  items: z.array(jobItem).optional(),
});

export const logLine = z.strictObject({
  at: z.string().optional(),
  level: z.enum(['trace', 'verbose', 'info', 'warning', 'error', 'fatal']),
  depth: z.number().int(),
  text: z.string(),
});

export const plan = z.array(
  z.strictObject({
    kind: z.string(),
    name: z.string(),
    id: z.string().optional().describe('the id by which the product finds it on the target'),
    action: z.enum(['create', 'overwrite', 'unchanged', 'keep', 'delete', 'beside']),
    detail: z.string().optional(),
    asked: z.boolean().optional().describe('of keep: the options ask for it'),
    unseen: z
      .boolean()
      .optional()
      .describe('of overwrite: the target does not show what is written, such as a password'),
  }),
);

export const counts = z
  .array(
    z.strictObject({
      kind: z.string(),
      action: z.enum(countedActions),
      planned: z.number().int().optional().describe('absent when no plan speaks of this kind'),
      done: z.number().int().optional().describe('absent for a dry run, and when migrator cannot tell'),
    }),
  )
  .describe('the plan and what became of it, counted by kind and action');

export const result = z
  .strictObject({
    basis: z
      .enum(['seen', 'claimed'])
      .describe('seen: read off the target before and after; claimed: the server says so'),
    changed: z.boolean().optional().describe('absent when migrator cannot tell'),
    complete: z.boolean(),
    counts: z.strictObject(Object.fromEntries(resultActions.map((action) => [action, z.number().int()]))),
    unchanged: z.record(z.string(), z.number().int()).describe('how many are unchanged, by kind'),
    items: z.array(
      z.strictObject({
        kind: z.string(),
        name: z.string(),
        action: z.enum(resultActions),
        reason: z.string().optional(),
        wanted: z.boolean().optional().describe('true: the options ask for it; false: nobody planned it'),
      }),
    ),
  })
  .optional()
  .describe('what became of the target; absent for a dry run, and when a job has not ended');

export const comparison = {
  equal: z.number().int().describe('how many things are equal'),
  differences: z.array(
    z.strictObject({
      kind: z.string(),
      name: z.string(),
      difference: z.enum(['only-from', 'only-to', 'differs']),
      fields: z.array(z.string()).optional(),
      of: z.strictObject({ kind: z.string(), name: z.string() }).optional().describe('what it is a part of'),
    }),
  ),
  blind: z.array(z.string()).describe('what such a comparison cannot see'),
};

export const left = z
  .array(z.strictObject({ instance: z.string(), what: z.string(), remove: z.string().optional() }))
  .describe('what this run put on a server and did not take away; remove is a command');

export const via = z
  .strictObject({ name: z.string(), reason: z.string() })
  .optional()
  .describe('the way that the run took and why, for products that have several');

export const resumed = z
  .strictObject({
    startedAt: z.string(),
    exportedAt: z.string().optional().describe('the end of the export that an earlier process finished'),
  })
  .optional()
  .describe('the unfinished run that this command went on with');

/** The document that every command prints when it fails. */
export const errorBody = {
  code: z.enum([...errorCodes, 'BUG']),
  message: z.string(),
  hint: z.string().optional(),
  details: z.record(z.string(), z.unknown()),
  exitCode: z.number().int(),
};
