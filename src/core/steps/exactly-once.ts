import { isMigratorError, MigratorError } from '../../errors.ts';
import { unsettledHints } from '../../ports/http.ts';
import type { Facts, Json, Run, StepFacts } from '../../ports/journal.ts';
import type { Clock } from '../../ports/runtime.ts';
import type { Instance } from '../instance.ts';
import { handleOf } from '../job-handle.ts';

/** A call to a server that must be carried out exactly once, however often the process dies before or after it. */
export interface RemoteStart {
  /** Identifies the job within the run: `export`, `import`. */
  readonly step: string;
  readonly instance: Instance;
  /**
   * Sends the call and returns the job's id. Fails with `details.ambiguous` when the answer is lost or cannot be read.
   */
  start(signal: AbortSignal): Promise<string>;
  /** The job that such a call began; undefined when nothing shows one; fails when the server cannot tell. */
  find(startedAfter: Date, signal: AbortSignal): Promise<string | undefined>;
}

/** A fact of a step, to note it; `null` takes it back. */
export function fact<Name extends keyof StepFacts>(step: string, name: Name, value: StepFacts[Name] | null): Facts {
  return { [`${step}.${name}`]: value } as Facts;
}

export interface StartedJob {
  readonly id: string;
  readonly handle: string;
  /** True when an earlier process started it. */
  readonly attached: boolean;
}

/** After this time, a call whose answer was lost has reached the server, or never will. */
const arrivalMs = 4_000;

/**
 * Starts a job once. The intent is journaled before the call and the job after it. When the answer of the call is lost,
 * the server is asked once whether the job is there; when it is not, the call fails and the intent stays. A run that
 * finds an intent without a job asks the server first, and starts again only when the server shows no job.
 */
export async function startOnce(work: RemoteStart, run: Run, clock: Clock, signal: AbortSignal): Promise<StartedJob> {
  const { step, instance } = work;
  const started = (id: string, attached: boolean): StartedJob => ({
    id,
    handle: handleOf(instance, id),
    attached,
  });
  const known = run.record.facts[`${step}.job`];
  if (typeof known === 'string') return started(known, true);
  const intended = run.record.facts[`${step}.intendedAt`];
  if (typeof intended === 'string') {
    const found = await work.find(new Date(intended), signal);
    if (found !== undefined) return remember(started(found, true), step, run);
  }
  const since = clock.now();
  await run.note(fact(step, 'intendedAt', since.toISOString()));
  return remember(started(await startedNow(work, since, run, clock, signal), false), step, run);
}

async function startedNow(
  work: RemoteStart,
  since: Date,
  run: Run,
  clock: Clock,
  signal: AbortSignal,
): Promise<string> {
  try {
    return await work.start(signal);
  } catch (error) {
    if (!isMigratorError(error) || error.code === 'CANCELLED') throw error;
    if (error.details['ambiguous'] === true) return settle(error, work, since, run, clock, signal);
    if (error.code !== 'LOCAL_IO') await run.note(fact(work.step, 'intendedAt', null));
    throw error;
  }
}

/**
 * The job of a call whose answer was lost. Fails with the error of the call when the server shows none, or cannot tell.
 */
async function settle(
  lost: MigratorError,
  work: RemoteStart,
  since: Date,
  run: Run,
  clock: Clock,
  signal: AbortSignal,
): Promise<string> {
  const fail = (message: string, hint: string, details: MigratorError['details'], cause: unknown): MigratorError =>
    new MigratorError(lost.code, message, { hint, details, cause });
  await clock.sleep(
    arrivalMs,
    signal,
    `the call whose answer was lost; then ${work.instance.name} is asked what it began`,
  );
  let found: string | undefined;
  try {
    found = await work.find(since, signal);
  } catch (error) {
    if (!isMigratorError(error) || error.code === 'CANCELLED') throw error;
    const message = `${lost.message}; migrator cannot tell whether it began: ${error.message}`;
    const details = { ...error.details, ...lost.details, ambiguous: true };
    throw fail(message, error.hint ?? 'look at the server before you repeat it', details, error);
  }
  if (found !== undefined) return found;
  await run.note(fact(work.step, 'unseen', true));
  const hint = 'nothing on the server shows that it began; run the same command again';
  throw fail(lost.message, explanation(lost) ?? hint, { ...lost.details, ambiguous: false }, lost);
}

/** The hint of the product or the adapter itself, which knows more. */
function explanation({ hint }: MigratorError): string | undefined {
  return Object.values(unsettledHints).some((general) => general === hint) ? undefined : hint;
}

/** Whether an earlier process of this run has sent the call of this step, or may have sent it. */
export function isBegun(facts: Run['record']['facts'], step: string): boolean {
  return typeof facts[`${step}.job`] === 'string' || typeof facts[`${step}.intendedAt`] === 'string';
}

/** Whether this run intended a call of which nobody knows whether it began a job. */
export function isUncertain(facts: Run['record']['facts']): boolean {
  return Object.entries(facts).some(([name, value]) => {
    const step = /^(.*)\.intendedAt$/u.exec(name)?.[1];
    return step !== undefined && typeof value === 'string' && typeof facts[`${step}.job`] !== 'string';
  });
}

async function remember(job: StartedJob, step: string, run: Run): Promise<StartedJob> {
  await run.note(fact(step, 'job', job.id));
  await run.job(job.handle);
  return job;
}

/**
 * What `prepare` decided for a step. It is taken from the journal when an earlier process of this run prepared it.
 * `always`: the decision itself must last, such as the version of a package. `begun`: it lasts once the call may have
 * been sent; before that everything is looked at again. When the answer of the call was lost and the server shows no
 * job, `find` looks once more, and then everything is prepared, backed up and asked again. A plan may name a hundred
 * thousand things, so it is not journaled.
 */
export async function prepareOnce<Prepared extends object>(
  step: string,
  lasts: 'always' | 'begun',
  { run, prepare, find }: Preparing<Prepared>,
): Promise<Prepared> {
  const { facts } = run.record;
  // It is plain data by contract, so the journal returns it unchanged.
  const earlier = (facts[`${step}.prepared`] ?? undefined) as unknown as Prepared | undefined;
  if (earlier !== undefined && lasts === 'always') return earlier;
  if (earlier !== undefined && isBegun(facts, step)) {
    if (facts[`${step}.unseen`] !== true) return earlier;
    const found = await find(earlier, new Date(facts[`${step}.intendedAt`] ?? 0));
    // `startOnce` finds it again and notes its handle.
    if (found !== undefined) return earlier;
    await run.note({ ...fact(step, 'unseen', null), ...fact(step, 'intendedAt', null), ...fact(step, 'sent', true) });
  }
  const prepared = await prepare(earlier);
  await run.note(fact(step, 'prepared', { ...prepared, plan: undefined } as unknown as Json));
  return prepared;
}

interface Preparing<Prepared> {
  readonly run: Run;
  /** `earlier`: what an earlier process of this run prepared, and did not begin. */
  readonly prepare: (earlier: Prepared | undefined) => Promise<Prepared>;
  /** See RemoteStart.find. */
  readonly find: (earlier: Prepared, startedAfter: Date) => Promise<string | undefined>;
}
