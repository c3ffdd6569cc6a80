import { isMigratorError, MigratorError } from '../../errors.ts';
import type { JobStatus } from '../../ports/job.ts';
import type { Json, RunRecord } from '../../ports/journal.ts';
import type { Options } from '../../ports/options.ts';
import type { Random } from '../../ports/runtime.ts';
import { type Instance, jobVerb, type Placed } from '../instance.ts';
import { formatHandle, type OpenJob, parseHandle } from '../job-handle.ts';
import { type Outcome, type Waiting, worst } from '../operation.ts';
import type { Difference } from '../snapshots/compare.ts';
import type { Secrets } from '../../ports/options.ts';
import { backupStep } from '../steps/way-back.ts';
import { changesOfUndo, settleUndo } from '../steps/settle-undo.ts';
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
  const started = await stepsOf(handle, ports.journaling);
  if (instance.adapter.jobs.undo === undefined) {
    const backup = started.flatMap(backupOf)[0];
    if (backup !== undefined) {
      await requireConsent(
        await questionFor(
          `undo ${handle} by importing ${backup.file} into ${backup.target}`,
          job,
          backup,
          ports,
          signal,
        ),
        refusal,
        ports,
      );
      return restore(job, backup, waiting, ports, signal);
    }
  }
  const [first] = started;
  const kinds = first && instance.adapter.jobs.undo === undefined ? await deletedKinds(first, ports) : undefined;
  if (first !== undefined && kinds !== undefined) {
    const text = `undo ${handle} by deleting each ${kinds.join(' and ')} that it created and nobody changed since? What they share stays`;
    await requireConsent(mustAnswer(text), refusal, ports);
    const base = { undo: handle, status: undefined, backup: undefined, warnings: [] };
    const agreed = { ...ports, consent: () => Promise.resolve(true) };
    return { ...base, ...(await compared('done', job, first, agreed, signal)) };
  }
  const undo = undoOf(job, started.length > 0);
  await requireConsent(await questionFor(`undo ${handle}`, job, started[0], ports, signal), refusal, ports);
  ports.reporter.report({ type: 'phase', name: 'undo', subject: handle });
  const id = await undo(job.id, signal);
  const undoHandle = formatHandle({ ...parseHandle(handle), id });
  const base = { undo: undoHandle, backup: undefined, warnings: [], differences: undefined };
  const { jobs } = instance.adapter;
  if (!waiting.wait) return { ...base, outcome: 'started', status: await jobs.status(id, signal) };
  const status = await watch(jobs, id, undoHandle, { ...waiting, ...ports }, signal);
  const outcome = judge(undoHandle, status);
  if (started[0] === undefined || !isFinal(status.state)) return { ...base, outcome, status };
  return { ...base, status, ...(await compared(outcome, job, started[0], ports, signal)) };
}

/** The question before an undo, with what it changes. USAGE, before a look at the target, when nobody can answer it. */
async function questionFor(
  what: string,
  job: OpenJob,
  started: Started | undefined,
  ports: JobUndoPorts,
  signal: AbortSignal,
): Promise<Question> {
  ports.requireAnswerable?.(mustAnswer(`${what}?`));
  if (started === undefined) return mustAnswer(`${what}?`);
  const before = await ports.journaling.journal.kept(started.run, `${started.step}.undo`);
  const target = await targetOf(job, started, ports);
  return mustAnswer(`${what}${await changesOfUndo(target, before, ports.reporter, signal)}?`);
}

/** The server on which the job changed something. */
async function targetOf({ instance }: OpenJob, { target }: Started, { open }: JobUndoPorts): Promise<Placed> {
  return target === instance.name ? instance : open(target);
}

/** The product's own undo. UNSUPPORTED when there is none; the hint says where a backup may be. */
function undoOf({ instance, handle }: OpenJob, ranHere: boolean): (id: string, signal: AbortSignal) => Promise<string> {
  try {
    return jobVerb(instance, 'undo');
  } catch (error) {
    if (!isMigratorError(error)) throw error;
    throw new MigratorError(error.code, `${error.message}, and this machine has no backup for ${handle}`, {
      hint: ranHere
        ? 'this machine ran the job and took no backup: nothing that one could hold was there, or --no-backup was given'
        : 'look for a backup on the machine that ran the import, and import it with: migrator import <backup.tar> --to <instance>',
    });
  }
}

interface Started {
  readonly run: RunRecord;
  /** The step that changed the target, and the name of the target. */
  readonly step: string;
  readonly target: string;
}

/** The kinds that an undo deletes, for a job that only made things. */
async function deletedKinds(
  { run, step }: Started,
  { journaling }: JobUndoPorts,
): Promise<readonly string[] | undefined> {
  const before = (await journaling.journal.kept(run, `${step}.undo`)) as unknown as KeptContent | undefined;
  return before?.undoes;
}

interface KeptBackup extends Started {
  readonly file: string;
  readonly restoreWith: Options;
}

function backupOf({ run, step, target }: Started): readonly KeptBackup[] {
  const file = run.facts[`${backupStep(step)}.file`];
  if (typeof file !== 'string') return [];
  return [{ run, step, target, file, restoreWith: run.facts[`${backupStep(step)}.restoreWith`] ?? {} }];
}

/** The steps of runs on this machine that started the job. */
async function stepsOf(handle: string, { journal }: Journaling): Promise<readonly Started[]> {
  const { id, instance } = parseHandle(handle);
  const runs = (await journal.list()).filter(({ jobs }) => jobs.includes(handle));
  return runs.flatMap((run) => {
    // A move is a job of its source.
    const other = Object.keys(run.places ?? {}).find((place) => place !== instance);
    return Object.entries(run.facts).flatMap(([name, value]) => {
      if (!name.endsWith('.job') || value !== id) return [];
      const step = name.slice(0, -'.job'.length);
      // The export of a backup is no job to undo.
      if (step.startsWith('backup')) return [];
      return [{ run, step, target: step.startsWith('move:') ? (other ?? instance) : instance }];
    });
  });
}

async function restore(
  job: OpenJob,
  backup: KeptBackup,
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
    restores: true,
  };
  const report = await journaled(
    { verb: 'undo', on: [instance], what: { handle, package: identity } },
    ports.journaling,
    (run) =>
      importPackage(input, { ...ports, target: instance, source, secrets: {}, own, backup: undefined, run }, signal),
    signal,
  );
  const { outcome, warnings } = report;
  const base = { undo: report.handle ?? handle, status: undefined, backup: file, warnings };
  if (outcome === 'started') return { ...base, outcome, differences: undefined };
  const found = await compared(outcome, job, backup, ports, signal);
  // After the import of a backup, an undo that nobody could look at is not known to be whole.
  return { ...base, ...found, outcome: found.differences === undefined ? worst(outcome, 'partial') : found.outcome };
}

/** What the undo did not bring back, and the outcome with that in mind. */
async function compared(
  outcome: Outcome,
  job: OpenJob,
  started: Started,
  ports: JobUndoPorts,
  signal: AbortSignal,
): Promise<Pick<JobUndoReport, 'outcome' | 'differences'>> {
  const { journal } = ports.journaling;
  const { run, step } = started;
  const before = await journal.kept(run, `${step}.undo`);
  if (before === undefined) return { outcome, differences: undefined };
  const created = await journal.kept(run, `${step}.created`);
  const target = await targetOf(job, started, ports);
  const differences = await settleUndo({ target, handle: job.handle, before, created }, ports, signal);
  return {
    outcome: worst(outcome, differences === undefined || differences.length === 0 ? 'done' : 'partial'),
    differences,
  };
}
