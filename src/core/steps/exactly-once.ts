import { isMigratorError, type MigratorError } from '../../errors.ts';
import type { Json, Run } from '../../ports/journal.ts';
import type { Clock } from '../../ports/runtime.ts';
import type { Instance } from '../instance.ts';
import { formatHandle } from '../job-handle.ts';

/** One remote write that must happen exactly once, however often this process dies around it. */
export interface RemoteStart {
  /** Tells the jobs of one run apart: `export`, `import`. */
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
 * The intent is journaled before the call and the job after it. A run that finds an intent without a job asks the server
 * whether the call arrived, and only starts again when the server shows that it did not.
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

/** Whether an earlier process of this run has sent the call of this step, or may have. */
export function isBegun(facts: Run['record']['facts'], step: string): boolean {
  return typeof facts[`${step}.job`] === 'string' || typeof facts[`${step}.intendedAt`] === 'string';
}

/** Whether the facts of a run hold a call that was intended and of which nobody knows whether it began a job. */
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
 * What `prepare` settled for a step, from the journal where an earlier process of this run left it. `always`: the choice
 * itself must last (a package's version). `begun`: only what was sent is not prepared again, because the server may look
 * different by then; anything earlier is looked at anew. A plan may name a hundred thousand things and is not journaled.
 */
export async function prepareOnce<Prepared extends object>(
  step: string,
  lasts: 'always' | 'begun',
  run: Run,
  prepare: () => Promise<Prepared>,
): Promise<Prepared> {
  const { facts } = run.record;
  const earlier = facts[`${step}.prepared`];
  // It is plain data by contract, so it comes back from the journal as it went in.
  if (earlier !== undefined && earlier !== null && (lasts === 'always' || isBegun(facts, step)))
    return earlier as unknown as Prepared;
  const prepared = await prepare();
  await run.note({ [`${step}.prepared`]: { ...prepared, plan: undefined } as unknown as Json });
  return prepared;
}
