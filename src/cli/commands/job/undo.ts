import { undoJob, type JobUndoReport } from '../../../core/operations/job-undo.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { consentOf } from '../../flags/caution.ts';
import { waitingOf } from '../../flags/waiting.ts';
import { sourceFromFile } from '../../packages/package-argument.ts';
import { systemClock, systemRandom } from '../../runtime.ts';
import { lines } from '../../terminal/table.ts';
import { describeJob } from '../summary.ts';
import type { JobUndoOptions } from './flags.ts';
import { openJob } from './open-job.ts';

export async function runJobUndo({ args: [text = ''], options }: Invocation<JobUndoOptions>, context: Context) {
  const job = await openJob(text, context, { writes: true });
  const ports = {
    clock: systemClock,
    random: systemRandom,
    reporter: await context.reporter(),
    consent: consentOf(options, context),
    journaling: await context.journaling(false),
    openBackup: (file: string) => sourceFromFile(file, { trust: [], identity: [] }, job.instance, context),
  };
  const report = await undoJob(job, waitingOf(options, context), ports, context.signal);
  const { outcome, undo, status, backup } = report;
  context.result('job-undo', { handle: job.handle, undo, outcome, status, backup }, render(job.handle, report));
  return { outcome };
}

function render(handle: string, { outcome, undo, status, backup, warnings }: JobUndoReport): string {
  if (outcome === 'started' && backup === undefined)
    return `started to undo ${handle}\nstay with it: migrator job wait ${undo}`;
  return lines(
    `undid ${handle}${backup === undefined ? '' : ` by importing ${backup}`}`,
    status && describeJob(undo, status),
    ...warnings.map((warning) => `warning: ${warning}`),
  );
}
