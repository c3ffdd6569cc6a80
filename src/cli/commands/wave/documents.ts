import { z } from 'zod';
import { errorCodes } from '../../../errors.ts';
import { handle, packageRef } from '../document-parts.ts';

const state = z
  .enum(['waiting', 'running', 'done', 'partial', 'started', 'failed', 'interrupted', 'skipped', 'postponed'])
  .describe('see "migrator help waves"');

const fault = z.strictObject({
  code: z.enum([...errorCodes, 'BUG']),
  message: z.string(),
  hint: z.string().optional(),
  status: z.number().int().optional().describe('the HTTP status of a refusal'),
  hopeless: z.boolean().optional(),
});

const item = z.strictObject({
  id: z.string(),
  project: z.string(),
  wave: z.string(),
  from: z.string(),
  to: z.string(),
  needs: z.array(z.string()),
  owner: z.string().optional(),
  state,
  since: z.string().describe('ISO 8601; empty for an item that no run has touched'),
  beganAt: z.string().optional(),
  endedAt: z.string().optional(),
  key: z.string().optional().describe('the same for the same work on the same servers'),
  attempt: z.string().optional().describe('the id of the attempt that was begun; jobs in a queue are named by it'),
  attempts: z.number().int(),
  jobs: z.array(handle),
  reason: z.string().optional(),
  fault: fault.optional(),
  route: z.string().optional(),
  package: packageRef.optional(),
  backup: z.string().optional().describe('a file on the machine of "host"'),
  host: z.string().optional().describe('the machine of the worker that did it; only with a queue'),
  warnings: z.number().int().optional(),
  warned: z.array(z.string()).optional().describe('the first of its warnings'),
  ran: z
    .array(
      z.strictObject({
        handle,
        instance: z.string(),
        kind: z.string(),
        state: z.string(),
        startedAt: z.string().optional(),
        endedAt: z.string().optional(),
      }),
    )
    .optional()
    .describe('its jobs, with the times at which they were seen to begin and to end'),
  counts: z.record(z.string(), z.number().int()).optional().describe('as in results: created, overwritten, …'),
  arrived: z.array(z.string()).optional().describe('the projects that the target showed afterwards'),
});

const facts = {
  name: z.string(),
  waves: z.array(z.strictObject({ name: z.string(), needs: z.array(z.string()) })),
  items: z.array(item),
  counts: z.record(state, z.number().int()),
};

const foreseen = z.strictObject({
  id: z.string(),
  counts: z.record(z.string(), z.number().int()).describe('create, overwrite, keep, …'),
  whole: z.boolean().describe('false: only projects are counted, and what comes along with them is known later'),
  question: z.string().optional(),
  needs: z.enum(['answer', 'allowance', 'terminal']).optional(),
  fault: fault.optional(),
});

const worker = z.strictObject({
  host: z.string(),
  pid: z.number().int(),
  since: z.string().describe('ISO 8601'),
  serves: z.array(z.string()).describe('the instances that it reaches'),
  concurrency: z.number().int(),
  items: z.array(z.string()).describe('the ids of the items that it is at work on'),
});

/** What the commands below `wave` print under `--json`, without the `document` field. Fields are only ever added. */
export const documents = {
  'wave-init': { file: z.string().optional(), items: z.number().int(), text: z.string() },
  'wave-check': {
    outcome: z.enum(['done', 'partial']),
    findings: z.array(
      z.strictObject({
        state: z.enum(['good', 'warning', 'bad']),
        subject: z.string(),
        text: z.string(),
        hint: z.string().optional(),
      }),
    ),
    foreseen: z.array(foreseen),
  },
  'wave-run': {
    outcome: z.enum(['done', 'partial', 'failed', 'postponed']),
    dryRun: z.boolean(),
    seconds: z.number(),
    chosen: z.array(z.string()).describe('the ids of the items of this run'),
    foreseen: z.array(foreseen).describe('empty when nobody had to be asked'),
    report: z.string().optional(),
    ...facts,
  },
  'wave-status': {
    running: z
      .strictObject({ pid: z.number().int(), host: z.string(), since: z.string() })
      .optional()
      .describe('the process that runs the plan, or hands it out'),
    workers: z.array(worker).optional().describe('who has shown a sign of life in the last minute; only with --queue'),
    ...facts,
  },
  'wave-stop': { asked: z.boolean().describe('false: nobody runs the plan') },
  'wave-report': { file: z.string().optional(), ...facts },
};
