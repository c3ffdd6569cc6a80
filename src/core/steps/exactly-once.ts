import { isMigratorError, type MigratorError } from '../../errors.ts';
import type { Json, Run } from '../../ports/journal.ts';
import type { Clock } from '../../ports/runtime.ts';
import type { Instance } from '../instance.ts';
import { formatHandle } from '../job-handle.ts';

/** One remote write that must happen exactly once, even if this process dies before or after it. */
export interface RemoteStart {
  /** Identifies the job within the run: `export`, `import`. */
  readonly step: string;
  readonly instance: Instance;
  start(signal: AbortSignal): Promise<string>;
  find(startedAfter: Date, signal: AbortSignal): Promise<string | undefined>;
}

export interface StartedJob {
  readonly id: string;
  readonly handle: string;
  /** True when an earlier process started it. */
  readonly attached: boolean;
}

/**
 * Starts a job once. The intent is journaled before the call, and the job after it. A run that finds an intent without
 * a job asks the server whether the call arrived. It repeats the call only when the server shows that the call did not
 * arrive.
 */
export async function startOnce(work: RemoteStart, run: Run, clock: Clock, signal: AbortSignal): Promise<StartedJob> {
  const { step, instance } = work;
  const started = (id: string, attached: boolean): StartedJob => ({
    id,
    handle: formatHandle({ product: instance.adapter.product, instance: instance.name, id }),
    attached,
  });
  const known = run.record.facts[`${step}.job`];
  if (typeof known === 'string') return started(known, true);
  const intended = run.record.facts[`${step}.intendedAt`];
  if (typeof intended === 'string') {
    const found = await work.find(new Date(intended), signal);
    if (found !== undefined) return remember(started(found, true), step, run);
  }
  await run.note({ [`${step}.intendedAt`]: clock.now().toISOString() });
  try {
    return await remember(started(await work.start(signal), false), step, run);
  } catch (error) {
    if (isMigratorError(error) && !leavesDoubt(error)) await run.note({ [`${step}.intendedAt`]: null });
    throw error;
  }
}

/** Whether an earlier process of this run has sent, or may have sent, the call of this step. */
export function isBegun(facts: Run['record']['facts'], step: string): boolean {
  return typeof facts[`${step}.job`] === 'string' || typeof facts[`${step}.intendedAt`] === 'string';
}

/** Whether the run has a call of which nobody knows whether it started a job. */
export function isUncertain(facts: Run['record']['facts']): boolean {
  return Object.entries(facts).some(([name, value]) => {
    const step = /^(.*)\.intendedAt$/u.exec(name)?.[1];
    return step !== undefined && typeof value === 'string' && typeof facts[`${step}.job`] !== 'string';
  });
}

async function remember(job: StartedJob, step: string, run: Run): Promise<StartedJob> {
  await run.note({ [`${step}.job`]: job.id });
  await run.job(job.handle);
  return job;
}

function leavesDoubt(error: MigratorError): boolean {
  return error.code === 'CANCELLED' || error.code === 'LOCAL_IO' || error.details['ambiguous'] === true;
}

/**
 * Prepares a step, or returns from the journal what an earlier process of this run prepared. `always`: the earlier
 * result is always used, because its choices must last (the version of a package). `begun`: the earlier result is used
 * only if the call was sent, because the server may look different after the call. Otherwise the step is prepared
 * again. A plan may have a hundred thousand items, so it is not journaled.
 */
export async function prepareOnce<Prepared extends object>(
  step: string,
  lasts: 'always' | 'begun',
  run: Run,
  prepare: () => Promise<Prepared>,
): Promise<Prepared> {
  const { facts } = run.record;
  const earlier = facts[`${step}.prepared`];
  // By contract it is plain data, so the journal returns it unchanged.
  if (earlier !== undefined && earlier !== null && (lasts === 'always' || isBegun(facts, step)))
    return earlier as unknown as Prepared;
  const prepared = await prepare();
  await run.note({ [`${step}.prepared`]: { ...prepared, plan: undefined } as unknown as Json });
  return prepared;
}
