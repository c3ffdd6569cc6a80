import type { Instance } from '../../../core/instance.ts';
import { undoJob, type JobUndoReport } from '../../../core/operations/job-undo.ts';
import { isMigratorError, MigratorError } from '../../../errors.ts';
import type { RunRecord } from '../../../ports/journal.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { consenting } from '../../flags/caution.ts';
import { waitingOf } from '../../flags/waiting.ts';
import { openPackageFile } from '../../packages/open-file.ts';
import { sourceFromFile } from '../../packages/package-argument.ts';
import { ownSecretsOf } from '../../keys/own-secrets.ts';
import { systemRandom, tellingClock } from '../../runtime.ts';
import { instancesOf } from '../../servers/instances.ts';
import { lines } from '../../terminal/table.ts';
import { describeChanges } from '../changes.ts';
import { describeDifferences, describeJob, describeLeft } from '../summary.ts';
import type { JobUndoOptions } from './flags.ts';
import { openJob } from './open-job.ts';

export async function runJobUndo({ args: [text = ''], options }: Invocation<JobUndoOptions>, context: Context) {
  // Also when the product needs no backup: a named file that is not there is a mistake.
  if (options.backup !== undefined) await openPackageFile(options.backup, context);
  const job = await openJob(text, context, { writes: true });
  const reporter = await context.reporter();
  const ports = {
    clock: tellingClock(reporter),
    random: systemRandom,
    reporter,
    ...consenting(options, context),
    journaling: await context.journaling(false),
    open: async (name: string) => (await instancesOf(context)).target(name),
    backupSecrets: (names: readonly string[], run: RunRecord) => ownSecretsOf(run, context, names),
    movedBackup: options.backup,
    openBackup: (file: string, target: Instance) => openBackup(file, job.handle, options, target, context),
  };
  const report = await undoJob(job, waitingOf(options, context), ports, context.signal);
  const { outcome, undo, status, backup, result, left, warnings, differences } = report;
  context.result(
    'job-undo',
    { handle: job.handle, undo, outcome, status, backup, result, left, warnings, differences },
    render(job.handle, report, context.columns),
  );
  return {
    outcome,
    told: { to: job.instance.name, result, left, warnings: [...warnings, ...notAsBefore(differences)] },
  };
}

/** What the target has otherwise than before the job, in words for a report. */
function notAsBefore(differences: JobUndoReport['differences']): readonly string[] {
  const words = { 'only-from': 'it is missing', 'only-to': 'it was not there', differs: 'it differs' };
  return (differences ?? []).map(
    ({ kind, name, difference }) => `not as before the job: ${kind} "${name}": ${words[difference]}`,
  );
}

/** The hint of a backup that is not there says how to name another file. */
async function openBackup(file: string, handle: string, options: JobUndoOptions, target: Instance, context: Context) {
  try {
    return await sourceFromFile(file, options, target, context);
  } catch (error) {
    if (options.backup !== undefined || !isMigratorError(error, 'NOT_FOUND', 'LOCAL_IO', 'USAGE')) throw error;
    const { code, message, hint, details } = error;
    const moved = `if the backup is somewhere else now: migrator job undo ${handle} --backup <file>`;
    throw new MigratorError(code, message, {
      hint: hint === undefined ? moved : `${hint}; ${moved}`,
      details,
      cause: error,
    });
  }
}

function render(
  handle: string,
  { outcome, undo, status, backup, result, left, warnings, differences }: JobUndoReport,
  columns: number,
): string {
  if (outcome === 'started' && backup === undefined)
    return `started the undo of ${handle}\nwait for it with: migrator job wait ${undo}`;
  // A job that overwrote nothing is undone by deletions alone.
  const deletes = backup === undefined && status === undefined;
  return lines(
    deletes && result?.changed === false && result.counts.skipped > 0
      ? `${handle} was not undone: what it created was changed since, and stays`
      : differences === undefined || differences.length === 0
        ? `undid ${handle}${backup === undefined ? '' : ` by importing ${backup}`}`
        : `${backup === undefined ? `undid ${handle}` : `imported ${backup}`}, but the target is not as it was before ${handle}`,
    describeChanges([], result, { columns }),
    ...describeDifferences(differences ?? [], 'missing', deletes ? 'stays' : 'added', columns),
    backup !== undefined && differences === undefined
      ? 'migrator cannot tell whether the target is as it was before: compare it yourself'
      : undefined,
    status && describeJob(undo, status, columns),
    ...describeLeft(left),
    ...warnings.map((warning) => `warning: ${warning}`),
  );
}
