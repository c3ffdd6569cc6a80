import { createHash } from 'node:crypto';
import { canonical } from '../../canonical.ts';
import { isMigratorError, MigratorError } from '../../errors.ts';
import type { JobStatus } from '../../ports/job.ts';
import type { Journal, Json, Run, RunAbout, RunEnd, RunFault, RunOutcome, RunRecord } from '../../ports/journal.ts';
import type { Reporter } from '../../ports/reporter.ts';
import type { Instance, Placed } from '../instance.ts';
import { handleIn, type OpenJob, parseHandle, wholeId } from '../job-handle.ts';
import type { Result } from '../snapshots/result.ts';
import { isUncertain } from './exactly-once.ts';
import { type InPart, partialReason } from './partial-reason.ts';
import { isFinal } from './watch.ts';
import { namingBackup } from './way-back.ts';

export interface Journaling {
  readonly journal: Journal;
  readonly reporter: Reporter;
  readonly now: () => Date;
  /** True: start a new run, even if an unfinished run could be resumed. */
  readonly fresh: boolean;
  /** Masks secrets in text that is kept for people. */
  readonly mask: (text: string) => string;
  /** Called when a failed run stays unfinished, so that the same command line resumes it. */
  readonly leftOpen: () => void;
}

/** What makes two runs the same: the servers, not the names that an rc file gives them. */
export interface RunIdentity {
  readonly verb: string;
  /** Source and target, in this order. */
  readonly on: readonly Placed[];
  /** Selection, options, and a digest of the secrets that shape the result. */
  readonly what: Json;
  /**
   * Names the work in place of all that, where several machines with other addresses and keys go on with one run. The same
   * text is the same work.
   */
  readonly shared?: string | undefined;
  /** For people who look at the run later. */
  readonly about?: RunAbout;
}

/** An unfinished run that goes on. Reports have it, so that nobody takes an old export for a new one. */
export interface Resumed {
  /** ISO 8601. */
  readonly startedAt: string;
  /** ISO 8601: the end of an export that an earlier process finished. */
  readonly exportedAt: string | undefined;
}

/** Milliseconds for which a finished export is used again by a command that failed after it. */
export const freshFor = 15 * 60_000;

/**
 * Runs a verb and journals it. A run stays unfinished if it was interrupted, stopped waiting, only started its job, or
 * lost its server. The same command line resumes it, unless its jobs have ended in the meantime: then the run is over,
 * and a new one starts. All other runs are finished.
 */
export async function journaled<R extends Ended>(
  identity: RunIdentity,
  { journal, reporter, now, fresh, mask, leftOpen }: Journaling,
  work: (run: Run) => Promise<R>,
  signal: AbortSignal,
): Promise<R & { readonly resumed: Resumed | undefined }> {
  const { verb, on, about } = identity;
  const tell = (message: string): void => reporter.report({ type: 'notice', message });
  const { run, resumed, over } = await journal.begin(runKey(identity), verb, {
    fresh,
    places: Object.fromEntries(on.map(({ name, place }) => [name, place])),
    about,
    endOf: (record) =>
      endOf(record, on, { now: now(), mask }, signal, (handle) => tell(`${forgotten} ${handle} any more`)),
  });
  if (over !== undefined) tell(`the run of ${over.startedAt} is over; starting a new run`);
  const earlier = resumed ? resumption(run.record) : undefined;
  if (earlier !== undefined) {
    const { startedAt, exportedAt } = earlier;
    const age = exportedAt === undefined ? '' : `, with its export of ${exportedAt}`;
    tell(`resuming the unfinished run of ${startedAt}${age}; to start a new run, use --fresh`);
  }
  try {
    const report = await work(run);
    if (report.outcome === 'started') await run.leave('started');
    else if (report.outcome === 'partial') await run.finish('partial', faultOfPart(report, mask));
    else await run.finish('done');
    return { ...report, resumed: earlier };
  } catch (error) {
    const outcome = outcomeOf(error, run);
    if (outcome !== undefined) {
      await run.finish(outcome, faultOf(error, mask));
    } else {
      // After a timeout, as after --no-wait, the command knows its job and left it.
      if (isMigratorError(error, 'STILL_RUNNING')) await run.leave('started');
      else await leaveFailed(error, run, mask);
      if (isMigratorError(error, 'CANCELLED', 'STILL_RUNNING') || run.record.jobs.length > 0) leftOpen();
    }
    throw isMigratorError(error) ? withJobs(namingBackup(error, run.record), run.record.jobs) : error;
  }
}

const forgotten = 'the server does not know the job';

/** Says why the run stops. For an interruption a disk that refuses the note must not hide the reason. */
async function leaveFailed(error: unknown, run: Run, mask: Journaling['mask']): Promise<void> {
  if (!isMigratorError(error)) return;
  const fault = faultOf(error, mask);
  if (!isInterruption(error)) return run.leave('failed', fault);
  await run.leave(undefined, fault).catch((failure: unknown) => {
    if (!isMigratorError(failure)) throw failure;
  });
}

interface Ended extends InPart {
  readonly outcome: string;
}

/** The longest sentence that is kept of a fault, in characters. */
const longestFault = 500;

function faultOf(error: unknown, mask: Journaling['mask']): RunFault | undefined {
  if (!isMigratorError(error)) return undefined;
  return { code: error.code, message: mask(error.message).slice(0, longestFault) };
}

function faultOfPart(part: InPart, mask: Journaling['mask']): RunFault {
  return { message: mask(partialReason(part)).slice(0, longestFault) };
}

/** The error with the handles of the run's jobs, so that nobody loses a job by an error. */
function withJobs(error: MigratorError, jobs: readonly string[]): MigratorError {
  const { code, message, hint, details } = error;
  const handle = jobs.at(-1);
  if (handle === undefined) return error;
  return new MigratorError(code, message, { hint, details: { handle, ...details, jobs }, cause: error });
}

function resumption({ startedAt, facts }: RunRecord): Resumed {
  return { startedAt, exportedAt: exportEnds(facts).sort()[0] };
}

function exportEnds(facts: RunRecord['facts']): string[] {
  return Object.entries(facts).flatMap(([name, value]) =>
    name.endsWith('.finishedAt') && typeof value === 'string' ? [value] : [],
  );
}

function isInterruption(error: unknown): boolean {
  return isMigratorError(error, 'CANCELLED', 'STILL_RUNNING', 'REMOTE_UNREACHABLE', 'LOCAL_IO');
}

function outcomeOf(error: unknown, run: Run): RunOutcome | undefined {
  if (!isMigratorError(error) || isInterruption(error)) return undefined;
  // Nobody knows whether a job was started. The next run must find out before it starts another.
  if (isUncertain(run.record.facts)) return undefined;
  // Without a started job there is nothing to resume.
  if (isMigratorError(error, 'JOB_FAILED') || run.record.jobs.length === 0) return 'failed';
  return undefined;
}

/**
 * Finishes the run that started this job, when the job has ended: then the same command starts a new run. A move of
 * several projects that was interrupted goes on with the next project. `whole`: whether the target shows all that was
 * planned. Returns why the run was partial, now or when it was finished; undefined when it was not.
 */
export async function settleRun(
  job: OpenJob,
  whole: boolean,
  { journal, now, mask }: Pick<Journaling, 'journal' | 'now' | 'mask'>,
  signal: AbortSignal,
  /** What the caller has just seen of the job, and of the target. */
  seen: { readonly status?: JobStatus; readonly result?: Result | undefined } = {},
): Promise<{ readonly partial: string | undefined }> {
  const open = (await journal.list()).find((run) => handleIn(run, job.id, job.instance) !== undefined);
  if ((open?.outcome ?? 'detached') !== 'detached' || open === undefined)
    return { partial: open?.outcome === 'partial' ? (open.fault?.message ?? partialReason(seen)) : undefined };
  const moves = Object.keys(open.facts).some((name) => name.startsWith('move:'));
  const left = open.left ?? (moves ? undefined : 'started');
  const end = await endOf({ ...open, left }, [job.instance], { now: now(), mask }, signal);
  const outcome = end?.outcome === 'done' && !whole ? 'partial' : end?.outcome;
  const recorded = handleIn(open, job.id, job.instance) ?? job.handle;
  const fault = outcome === undefined ? undefined : (faultAtEnd(outcome, seen, mask) ?? end?.fault);
  if (outcome !== undefined) await journal.settle(recorded, outcome, fault);
  return { partial: outcome === 'partial' ? (fault?.message ?? partialReason(seen)) : undefined };
}

function faultAtEnd(
  outcome: RunOutcome,
  { status, result }: { readonly status?: JobStatus; readonly result?: Result | undefined },
  mask: Journaling['mask'],
): RunFault | undefined {
  if (outcome === 'done' || status === undefined) return undefined;
  const told = status.messages.filter(({ level }) => level !== 'info').map(({ text }) => text);
  if (outcome === 'partial') return faultOfPart({ result, warnings: told }, mask);
  return {
    code: 'JOB_FAILED',
    message: mask(told[0] ?? `the job ended as ${status.wireState}`).slice(0, longestFault),
  };
}

/**
 * The outcome of a run that its last process left, when all its jobs have ended since, as far as they are on these
 * instances. A run whose jobs are exports only goes on while they are fresh. An interrupted run goes on too, but for two
 * cases: its server no longer knows its last job, or all it began are exports and the last one failed. Then a new run
 * loses nothing.
 */
async function endOf(
  record: RunRecord,
  on: readonly Instance[],
  { now, mask }: { readonly now: Date; readonly mask: Journaling['mask'] },
  signal: AbortSignal,
  tellGone: (handle: string) => void = () => undefined,
): Promise<RunEnd | undefined> {
  if (isUncertain(record.facts)) return undefined;
  const last = record.jobs.at(-1);
  const looks: JobStatus[] = [];
  for (const handle of record.jobs) {
    const look = await lookAt(handle, record, on, signal);
    // What only earlier jobs needed may be deleted while the last one is at work.
    if (look === 'gone' && handle !== last) continue;
    if (look === 'gone') {
      tellGone(handle);
      return { outcome: 'failed', fault: { code: 'JOB_FAILED', message: `${forgotten} ${handle} any more` } };
    }
    if (look === undefined) continue;
    if (!isFinal(look.state) || look.attended === true) return undefined;
    looks.push(look);
  }
  if (looks.length === 0) return undefined;
  const onlyExports = looks.every(({ kind }) => kind === 'export');
  const isLost = (word: RunOutcome) => word === 'failed' || word === 'cancelled';
  // After a push that failed, the same run may have exported once more for the relay.
  const lost = looks.slice(-1).map(outcomeOfJob).some(isLost);
  if (record.left === undefined && !(onlyExports && lost)) return undefined;
  const status = looks.find((look) => outcomeOfJob(look) !== 'done');
  const outcome = status === undefined ? 'done' : outcomeOfJob(status);
  const end = { outcome, fault: faultAtEnd(outcome, { ...(status && { status }) }, mask) };
  if (isLost(outcome) || !onlyExports) return end;
  const [oldest = record.updatedAt] = exportEnds(record.facts).sort();
  return now.getTime() - Date.parse(oldest) <= freshFor ? undefined : end;
}

/** The outcome of a run whose job has ended like this. */
function outcomeOfJob({ state }: JobStatus): RunOutcome {
  if (state === 'partial' || state === 'cancelled') return state;
  return state === 'succeeded' ? 'done' : 'failed';
}

async function lookAt(
  text: string,
  record: RunRecord,
  on: readonly Instance[],
  signal: AbortSignal,
): Promise<JobStatus | 'gone' | undefined> {
  const handle = parseHandle(text);
  const instance = on.find(({ name }) => name === handle.instance);
  if (instance === undefined) return undefined;
  try {
    return await instance.adapter.jobs.status(wholeId(handle.id, instance, [record]), signal);
  } catch (error) {
    if (isMigratorError(error, 'NOT_FOUND')) return 'gone';
    throw error;
  }
}

/** The key of a run in the journal. The same work always has the same key. */
export function runKey({ verb, on, what, shared }: RunIdentity): string {
  const text = shared ?? canonical({ on: on.map(({ place }) => place), what });
  return `${verb}-${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
}
