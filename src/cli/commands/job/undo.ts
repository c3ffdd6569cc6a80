import { jobVerb } from '../../../core/instance.ts';
import { formatHandle, parseHandle } from '../../../core/job-handle.ts';
import { importPackage } from '../../../core/operations/import-package.ts';
import { journaled } from '../../../core/steps/journaled.ts';
import { judge } from '../../../core/steps/verdict.ts';
import { watch } from '../../../core/steps/watch.ts';
import { MigratorError, isMigratorError } from '../../../errors.ts';
import type { RunRecord } from '../../../ports/journal.ts';
import type { Options } from '../../../ports/options.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { consentOf } from '../../flags/caution.ts';
import { waitingOf } from '../../flags/waiting.ts';
import { sourceFromFile } from '../../packages/package-argument.ts';
import { systemClock, systemRandom } from '../../runtime.ts';
import { lines } from '../../terminal/table.ts';
import { describeJob } from '../summary.ts';
import type { JobUndoOptions } from './flags.ts';
import { openJob, type OpenJob } from './open-job.ts';

/** By the product's own undo, or by the backup that this machine took before the import. */
export async function runJobUndo({ args: [text = ''], options }: Invocation<JobUndoOptions>, context: Context) {
  const opened = await openJob(text, context, { writes: true });
  const { instance, id, handle } = opened;
  const backup = instance.adapter.jobs.undo === undefined ? await backupOf(handle, context) : undefined;
  const undo = backup === undefined ? undoOf(opened) : undefined;
  const waiting = waitingOf(options, context);
  const question =
    backup === undefined ? `undo ${handle}?` : `undo ${handle} by importing ${backup.file} into ${instance.name}?`;
  if (!(await consentOf(options, context)(question))) throw new MigratorError('CANCELLED', `${handle} was not undone`);
  if (backup !== undefined) return restore(opened, backup, options, context);
  const reporter = await context.reporter();
  reporter.report({ type: 'phase', name: 'undo', subject: handle });
  const undoId = (await undo?.(id, context.signal)) ?? id;
  const undoHandle = formatHandle({ ...parseHandle(handle), id: undoId });
  if (!waiting.wait) {
    const status = await instance.adapter.jobs.status(undoId, context.signal);
    context.result(
      'job-undo',
      { handle, undo: undoHandle, outcome: 'started', status },
      `started to undo ${handle}\nstay with it: migrator job wait ${undoHandle}`,
    );
    return { outcome: 'started' as const };
  }
  const settings = { ...waiting, clock: systemClock, reporter };
  const status = await watch(instance.adapter.jobs, undoId, undoHandle, settings, context.signal);
  const outcome = judge(undoHandle, status);
  context.result(
    'job-undo',
    { handle, undo: undoHandle, outcome, status },
    lines(`undid ${handle}`, describeJob(undoHandle, status)),
  );
  return { outcome };
}

/** UNSUPPORTED with what to do instead, when there is neither. */
function undoOf({ instance, handle }: OpenJob) {
  try {
    return jobVerb(instance, 'undo');
  } catch (error) {
    if (!isMigratorError(error)) throw error;
    throw new MigratorError(error.code, `${error.message}, and this machine has no backup that belongs to ${handle}`, {
      hint: `a backup lies where the import was run; bring it back with: migrator import <backup.tar> --to ${instance.name}`,
    });
  }
}

interface KeptBackup {
  readonly file: string;
  readonly restoreWith: Options;
}

async function backupOf(handle: string, context: Context): Promise<KeptBackup | undefined> {
  const runs = await (await context.journal()).list();
  return runs.filter(({ jobs }) => jobs.includes(handle)).flatMap((run) => keptBy(run))[0];
}

function keptBy({ facts }: RunRecord): readonly KeptBackup[] {
  const file = facts['backup.file'];
  return typeof file === 'string' ? [{ file, restoreWith: facts['backup.restoreWith'] as unknown as Options }] : [];
}

async function restore(
  { instance, handle }: OpenJob,
  { file, restoreWith }: KeptBackup,
  options: JobUndoOptions,
  context: Context,
) {
  const { source, identity } = await sourceFromFile(file, { trust: [], identity: [] }, instance, context);
  const reporter = await context.reporter();
  const journaling = await context.journaling(false);
  const report = await journaled('undo', { handle, package: identity }, journaling, (run) =>
    importPackage(
      {
        ...waitingOf(options, context),
        dryRun: false,
        onConflict: 'keep',
        overwrites: true,
        ignoreVersion: false,
        options: restoreWith,
        restores: true,
      },
      {
        target: instance,
        source,
        secrets: {},
        backup: undefined,
        consent: () => Promise.resolve(true),
        clock: systemClock,
        random: systemRandom,
        reporter,
        run,
      },
      context.signal,
    ),
  );
  const { outcome, warnings } = report;
  context.result(
    'job-undo',
    { handle, undo: report.handle ?? handle, outcome, backup: file },
    lines(`undid ${handle} by importing ${file}`, ...warnings.map((warning) => `warning: ${warning}`)),
  );
  return { outcome };
}
