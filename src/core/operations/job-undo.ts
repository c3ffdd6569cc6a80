import { isMigratorError, MigratorError } from '../../errors.ts';
import type { JobStatus } from '../../ports/job.ts';
import type { Json, RunRecord } from '../../ports/journal.ts';
import type { Random } from '../../ports/runtime.ts';
import { type Instance, jobVerb, type Placed } from '../instance.ts';
import { handleOf, type OpenJob } from '../job-handle.ts';
import { type Outcome, type Waiting, worst } from '../operation.ts';
import type { SnapshotItem } from '../../ports/snapshot.ts';
import type { Difference } from '../snapshots/compare.ts';
import { combined, deletedResult, type Result } from '../snapshots/result.ts';
import type { Left } from '../steps/clean-up.ts';
import type { Secrets } from '../../ports/options.ts';
import { backupOf, type KeptBackup, requireChange, type Started, stepsOf, undoneBefore } from '../steps/undoable.ts';
import { changesOfUndo, settleUndo, toBringBack } from '../steps/settle-undo.ts';
import { type Consenting, mustAnswer, type Question, requireConsent } from '../steps/consent.ts';
import { journaled, type Journaling } from '../steps/journaled.ts';
import type { OwnSecrets } from '../steps/run-secrets.ts';
import type { KeptContent } from '../steps/look.ts';
import { judge } from '../steps/verdict.ts';
import { isFinal, watch } from '../steps/watch.ts';
import { importPackage, type ImportSource } from './import-package.ts';
import type { JobWaitPorts } from './job-wait.ts';

export interface JobUndoPorts extends JobWaitPorts, Consenting {
  readonly random: Random;
  readonly journaling: Journaling;
  /** Opens another instance by its name, with the right to write. */
  readonly open: (name: string) => Promise<Placed>;
  /** The secrets of a backup that carries none, which the run made that took it. */
  readonly backupSecrets: (names: readonly string[], run: RunRecord) => Promise<Secrets>;
  /** Where the user says that the backup is now. */
  readonly movedBackup?: string | undefined;
  /** Opens a backup. `identity` identifies it in the journal. */
  readonly openBackup: (
    file: string,
    target: Instance,
  ) => Promise<{ readonly source: ImportSource; readonly identity: Json }>;
}

export interface JobUndoReport {
  readonly outcome: Outcome;
  /**
   * The handle of the job that does the undo. If the import of a backup needed no job, the handle of the undone job.
   */
  readonly undo: string;
  /** The status of the product's own undo. Undefined when a backup was imported. */
  readonly status: JobStatus | undefined;
  /** The backup file that was imported. Undefined for the product's own undo. */
  readonly backup: string | undefined;
  /** What became of the target, as far as this machine did it. Undefined for the product's own undo. */
  readonly result: Result | undefined;
  /** What the undo put on the server and did not take away. */
  readonly left: readonly Left[];
  readonly warnings: readonly string[];
  /**
   * What the undo did not bring back (`only-from`, `differs`), and what came with the import and stays (`only-to`).
   * Undefined when nobody can tell.
   */
  readonly differences: readonly Difference[] | undefined;
}

/** Undoes a job with the product's own undo, or by importing the backup that this machine took before the job. */
export async function undoJob(
  job: OpenJob,
  waiting: Waiting,
  ports: JobUndoPorts,
  signal: AbortSignal,
): Promise<JobUndoReport> {
  const { instance, handle } = job;
  const refusal = `${handle} was not undone`;
  const started = await stepsOf(job, ports.journaling);
  const [first] = started;
  if (instance.adapter.jobs.undo === undefined) {
    await requireChange(job, ports.journaling);
    const again = await undoneBefore(job, ports);
    const backup = started.flatMap(backupOf)[0];
    if (backup !== undefined) {
      const only = await broughtBack(job, backup, ports, signal);
      const file = ports.movedBackup ?? backup.file;
      const what = `${again}undo ${handle} by importing ${file} into ${backup.target}`;
      await requireConsent(await questionFor(what, job, backup, only, ports, signal), refusal, ports);
      return restore(job, { ...backup, file }, only, waiting, ports, signal);
    }
    const kinds = first && (await deletedKinds(first, ports));
    if (first !== undefined && kinds !== undefined) {
      const text = `${again}undo ${handle} by deleting each ${kinds.join(' and ')} that it created and nobody changed since, with all that ran in it since, such as deployments? What they share stays`;
      await requireConsent(mustAnswer(text), refusal, ports);
      return takeAway(job, first, ports, signal);
    }
  }
  const undo = undoOf(job, started.length > 0, ports.movedBackup);
  await requireConsent(await questionFor(`undo ${handle}`, job, first, undefined, ports, signal), refusal, ports);
  ports.reporter.report({ type: 'phase', name: 'undo', subject: handle });
  const id = await undo(job.id, signal);
  const undoHandle = handleOf(instance, id);
  const base = { ...nothing, undo: undoHandle };
  const { jobs } = instance.adapter;
  if (!waiting.wait) return { ...base, outcome: 'started', status: await jobs.status(id, signal) };
  const status = await watch(jobs, id, undoHandle, { ...waiting, ...ports }, signal);
  const outcome = judge(undoHandle, status);
  if (started[0] === undefined || !isFinal(status.state)) return { ...base, outcome, status };
  return { ...base, status, ...(await compared(outcome, job, started[0], ports, signal)) };
}

const nothing = {
  status: undefined,
  backup: undefined,
  result: undefined,
  left: [],
  warnings: [],
  differences: undefined,
} satisfies Partial<JobUndoReport>;

/** Whether `undoJob` knows a way back from a job of this machine. Asks no server. */
export async function isUndoable(job: OpenJob, journaling: Journaling): Promise<boolean> {
  if (job.instance.adapter.jobs.undo !== undefined) return true;
  const started = await stepsOf(job, journaling);
  const [first] = started;
  if (started.flatMap(backupOf).length > 0) return true;
  return first !== undefined && (await deletedKinds(first, { journaling })) !== undefined;
}

/** What the import of a backup brings back. Undefined: all that is in it. */
async function broughtBack(
  job: OpenJob,
  started: Started,
  ports: JobUndoPorts,
  signal: AbortSignal,
): Promise<readonly SnapshotItem[] | undefined> {
  const { journal } = ports.journaling;
  const { run, step } = started;
  const target = await targetOf(job, started, ports);
  if (target.adapter.imports?.restoresSome !== true) return undefined;
  const written = await journal.kept(run, `${step}.written`);
  return toBringBack(target, await journal.kept(run, `${step}.undo`), written, ports.reporter, signal);
}

/** The question before an undo, with what it changes. USAGE when nobody can answer it. */
async function questionFor(
  what: string,
  job: OpenJob,
  started: Started | undefined,
  only: readonly SnapshotItem[] | undefined,
  ports: JobUndoPorts,
  signal: AbortSignal,
): Promise<Question> {
  if (started === undefined) return mustAnswer(`${what}?`);
  const { run, step } = started;
  const { journal } = ports.journaling;
  const before = await journal.kept(run, `${step}.undo`);
  const created = await journal.kept(run, `${step}.created`);
  const target = await targetOf(job, started, ports);
  return mustAnswer(`${what}${await changesOfUndo(target, { before, created, only }, ports.reporter, signal)}?`);
}

/** The server on which the job changed something. */
async function targetOf({ instance }: OpenJob, { target }: Started, { open }: JobUndoPorts): Promise<Placed> {
  return target === instance.name ? instance : open(target);
}

/** The product's own undo. UNSUPPORTED when there is none; the hint says where a backup may be. */
function undoOf(
  { instance, handle }: OpenJob,
  ranHere: boolean,
  file: string | undefined,
): (id: string, signal: AbortSignal) => Promise<string> {
  try {
    return jobVerb(instance, 'undo');
  } catch (error) {
    if (!isMigratorError(error)) throw error;
    throw new MigratorError(error.code, `${error.message}, and this machine has no backup for ${handle}`, {
      hint:
        file !== undefined
          ? `import that backup with: migrator import ${file} --to ${instance.name}`
          : ranHere
            ? 'this machine ran the job and took no backup: its kind of import takes none, there was nothing to back up, or --no-backup was given'
            : 'look for a backup on the machine that ran the import, and import it with: migrator import <backup.tar> --to ' +
              instance.name,
    });
  }
}

/** The kinds that an undo deletes, for a job that only made things. */
async function deletedKinds(
  { run, step }: Started,
  { journaling }: Pick<JobUndoPorts, 'journaling'>,
): Promise<readonly string[] | undefined> {
  const before = (await journaling.journal.kept(run, `${step}.undo`)) as unknown as KeptContent | undefined;
  return before?.undoes;
}

async function restore(
  job: OpenJob,
  backup: KeptBackup,
  only: readonly SnapshotItem[] | undefined,
  waiting: Waiting,
  ports: JobUndoPorts,
  signal: AbortSignal,
): Promise<JobUndoReport> {
  const { handle } = job;
  const { run: undone, file, restoreWith } = backup;
  const instance = await targetOf(job, backup, ports);
  const { source, identity } = await ports.openBackup(file, instance);
  const own: OwnSecrets = (names) => ports.backupSecrets(names, undone);
  const input = {
    ...waiting,
    dryRun: false,
    onConflict: 'keep' as const,
    overwrites: true,
    ignoreVersion: false,
    options: restoreWith,
    restores: { only },
  };
  return journaled(
    { verb: 'undo', on: [instance], what: { handle, package: identity }, about: { projects: [], to: instance.name } },
    ports.journaling,
    async (run): Promise<JobUndoReport> => {
      await run.note({ 'undo.of': handle });
      const whole = { ...ports, target: instance, source, secrets: {}, own, backup: undefined, run };
      const base = { ...nothing, undo: handle, backup: file };
      // What the job wrote was not there before, so there is nothing to bring back.
      const report = only?.length === 0 ? undefined : await importPackage(input, whole, signal);
      const { outcome = 'done', result } = report ?? {};
      const told = report && { undo: report.handle ?? handle, result, left: report.left, warnings: report.warnings };
      if (outcome === 'started') return { ...base, ...told, outcome };
      const found = await compared(outcome, job, backup, ports, signal, result);
      // After the import of a backup, an undo that nobody could look at is not known to be whole.
      const unseen = found.differences === undefined ? 'partial' : 'done';
      return { ...base, ...told, ...found, outcome: worst(found.outcome, unseen) };
    },
    signal,
  );
}

/** Deletes what a job created that overwrote nothing. The user has agreed. */
async function takeAway(
  job: OpenJob,
  started: Started,
  ports: JobUndoPorts,
  signal: AbortSignal,
): Promise<JobUndoReport> {
  const { handle } = job;
  const agreed = { ...ports, consent: () => Promise.resolve(true) };
  const target = await targetOf(job, started, ports);
  return journaled(
    { verb: 'undo', on: [target], what: { handle }, about: { projects: [], to: target.name } },
    ports.journaling,
    async (run): Promise<JobUndoReport> => {
      await run.note({ 'undo.of': handle });
      const found = await compared('done', job, started, agreed, signal);
      const warnings = (found.result?.items ?? []).flatMap(({ reason }) => reason ?? []);
      return { ...nothing, undo: handle, ...found, result: found.result ?? deletedResult([]), warnings };
    },
    signal,
  );
}

/** What the undo did not bring back, and the outcome with that in mind. */
async function compared(
  outcome: Outcome,
  job: OpenJob,
  started: Started,
  ports: JobUndoPorts,
  signal: AbortSignal,
  result?: Result,
): Promise<Pick<JobUndoReport, 'outcome' | 'differences' | 'result'>> {
  const { journal } = ports.journaling;
  const { run, step } = started;
  const before = await journal.kept(run, `${step}.undo`);
  if (before === undefined) return { outcome, differences: undefined, result };
  const created = await journal.kept(run, `${step}.created`);
  const target = await targetOf(job, started, ports);
  const written = await journal.kept(run, `${step}.written`);
  const settled = await settleUndo({ target, handle: job.handle, before, created, written }, ports, signal);
  const { differences, deleted = [], kept = [] } = settled ?? {};
  const whole = differences === undefined || differences.length === 0;
  return {
    outcome: worst(outcome, whole ? 'done' : 'partial'),
    differences,
    result:
      deleted.length + kept.length === 0
        ? result
        : combined([...(result === undefined ? [] : [result]), deletedResult(deleted, kept)]),
  };
}
