import { z } from 'zod';
import { comparison, handle, jobStatus, left, logLine, outcome, result } from '../document-parts.ts';

const listedRun = {
  verb: z.string(),
  startedAt: z.string(),
  updatedAt: z.string(),
  outcome: z.string(),
  state: z
    .enum(['done', 'partial', 'failed', 'cancelled', 'started', 'running', 'interrupted', 'waiting'])
    .describe('started: its jobs go on without it; interrupted: the same command goes on with it'),
  projects: z.array(z.string()),
  from: z.string().optional(),
  to: z.string().optional(),
  dryRun: z.boolean(),
  package: z.string().optional(),
  error: z
    .strictObject({ code: z.string().optional(), message: z.string() })
    .optional()
    .describe('why the run failed, was interrupted or is partial'),
  waitingFor: z.string().optional(),
  jobs: z.array(handle),
};

/** What `job` prints under `--json`, without the `document` field. Fields are only ever added. */
export const documents = {
  'job-list': {
    from: z.string(),
    jobs: z.array(
      z.strictObject({
        handle,
        id: z.string(),
        kind: z.string(),
        state: z.string(),
        wireState: z.string(),
        waitingFor: z.string().optional(),
        title: z.string(),
        queuedAt: z.string().optional(),
        projects: z.array(z.string()).optional().describe('absent when no run of this machine started the job'),
        from: z.string().optional(),
        to: z.string().optional(),
        dryRun: z.boolean().optional(),
      }),
    ),
  },
  'run-list': {
    runs: z.array(z.strictObject(listedRun)),
  },
  'job-show': {
    handle,
    status: jobStatus,
    run: z
      .strictObject({
        ...listedRun,
        signer: z.string().optional().describe('the id of the key that signed the package of the import'),
        signerName: z.string().optional().describe('the name that the user gave to the key'),
      })
      .optional()
      .describe('the run of this machine that started the job'),
  },
  'job-wait': {
    handle,
    outcome,
    reason: z.string().optional().describe('why it is partial'),
    status: jobStatus,
    result,
    left,
  },
  'job-log': { handle, log: z.array(logLine) },
  'job-cancel': { handle, status: jobStatus },
  'job-approve': { handle, status: jobStatus },
  'job-reject': { handle, status: jobStatus },
  'job-undo': {
    handle,
    undo: handle,
    outcome,
    status: jobStatus.optional(),
    backup: z.string().optional(),
    result,
    left,
    warnings: z.array(z.string()),
    differences: comparison.differences.optional(),
  },
};
