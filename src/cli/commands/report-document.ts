import { z } from 'zod';
import { itemStates, reportOutcomes, tileBases, tileNames } from '../../core/report/report.ts';
import { resultActions } from '../../core/snapshots/result.ts';
import { comparison, left } from './document-parts.ts';

const text = z.string().optional();
const time = z.string().describe('ISO 8601');

const end = z.strictObject({ name: z.string(), product: text, url: text, version: text });

const tiles = z.strictObject({
  basis: z
    .enum(tileBases)
    .describe('planned: what would become of things; seen: read off the target; claimed: the server says so'),
  counts: z.strictObject(Object.fromEntries(tileNames.map((name) => [name, z.number().int()]))),
});

const fault = z.strictObject({ code: z.string(), message: z.string(), hint: text });

const run = z.strictObject({
  subject: text.describe('a package or a job, where the command line names no projects'),
  projects: z.array(
    z.strictObject({
      name: z.string(),
      outcome: z.enum(['done', 'partial', 'started', 'failed', 'not-started']).optional(),
      handle: text,
      reason: text,
    }),
  ),
  route: text,
  rerouted: text,
  via: z.strictObject({ name: z.string(), reason: z.string() }).optional(),
  jobs: z.array(
    z.strictObject({
      handle: z.string(),
      instance: z.string(),
      kind: z.string(),
      state: z.string(),
      startedAt: time.optional(),
      endedAt: time.optional(),
    }),
  ),
  package: z
    .strictObject({
      id: z.string(),
      version: z.string(),
      file: text,
      size: z.number().int().optional().describe('bytes'),
      contentSha256: text.describe('SHA-256 of the content member, in hex'),
      createdAt: time.optional(),
      signer: z
        .strictObject({ keyId: z.string(), name: text, trustedBy: text })
        .nullable()
        .optional()
        .describe('null: not signed; absent: nobody looked'),
      encryption: text,
      recipients: z
        .array(z.strictObject({ recipient: z.string(), you: z.boolean(), groups: z.array(z.string()) }))
        .optional(),
    })
    .optional(),
  tiles,
  changes: z
    .array(
      z.strictObject({
        kind: z.string(),
        name: z.string(),
        planned: z.enum(['create', 'overwrite', 'unchanged', 'keep', 'delete', 'beside']).optional(),
        became: z.enum(resultActions).optional(),
        reason: text,
        wanted: z.boolean().optional().describe('true: the options ask for it; false: nobody planned it'),
      }),
    )
    .describe('what needs eyes comes first'),
  comparison: z
    .strictObject({
      equal: comparison.equal,
      differences: z.array(comparison.differences.element.omit({ of: true })),
      blind: comparison.blind,
    })
    .optional(),
  warnings: z.array(z.string()),
  left,
  backup: text,
  undo: z.array(z.string()).describe('commands that take the run back'),
});

const item = z.strictObject({
  id: z.string(),
  project: z.string(),
  wave: text,
  owner: text,
  from: z.string(),
  to: z.string(),
  state: z.enum(itemStates),
  reason: text,
  error: fault.optional(),
  startedAt: time.optional(),
  endedAt: time.optional(),
  spans: z.array(z.strictObject({ instance: z.string(), what: z.string(), startedAt: time, endedAt: time.optional() })),
  run: run.optional(),
});

/** What `--report file.json` holds, without the `document` field. Fields are only ever added. */
export const reportBody = {
  migrator: z.string().describe('the version of migrator'),
  verb: z.string(),
  outcome: z.enum(reportOutcomes),
  exitCode: z.number().int(),
  dryRun: z.boolean(),
  by: z.string().describe('user@host'),
  startedAt: time,
  endedAt: time,
  resumedFrom: time.optional(),
  from: end.optional(),
  to: end.optional(),
  tiles,
  error: fault.optional(),
  warnings: z.array(z.string()),
  next: z.array(z.strictObject({ text: z.string(), command: text })),
  run: run.optional().describe('of a single run'),
  wave: z
    .strictObject({ name: z.string(), items: z.array(item) })
    .optional()
    .describe('of many items, each with a run of its own'),
};
