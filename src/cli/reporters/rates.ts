import { isFinal } from '../../core/steps/watch.ts';
import type { JobStatus } from '../../ports/job.ts';

export interface Sample {
  /** Milliseconds. */
  readonly time: number;
  /** Bytes so far. */
  readonly done: number;
}

/**
 * The time over which the rate is computed, in milliseconds: long enough to be steady, short enough to show a stall.
 */
const window = 10_000;

/** Adds a sample and drops old ones. If the count is lower than before, the transfer was repeated and all others go. */
export function addSample(samples: readonly Sample[], sample: Sample): readonly Sample[] {
  const last = samples.at(-1);
  if (last !== undefined && sample.done < last.done) return [sample];
  const recent = samples.filter(({ time }) => sample.time - time <= window);
  // There may be thousands of events. A few in each second are enough for a rate.
  const previous = recent.at(-2);
  const kept =
    previous !== undefined && (recent.at(-1)?.time ?? 0) - previous.time < 200 ? recent.slice(0, -1) : recent;
  return [...kept, sample];
}

/** Bytes per second over the window. Undefined until there are samples over half a second. */
export function rateOf(samples: readonly Sample[]): number | undefined {
  const first = samples[0];
  const last = samples.at(-1);
  if (first === undefined || last === undefined || last.time - first.time < 500) return undefined;
  return ((last.done - first.done) * 1000) / (last.time - first.time);
}

/** Milliseconds until `total` is reached at this rate. */
export function timeLeft(done: number, total: number | undefined, rate: number | undefined): number | undefined {
  if (total === undefined || rate === undefined || rate <= 0 || total < done) return undefined;
  return ((total - done) / rate) * 1000;
}

/** The progress of a job when it was first seen. */
interface FirstSeen {
  /** Milliseconds. */
  readonly time: number;
  readonly fraction: number;
}

/** Less than this of a job tells nothing about the rest, in milliseconds. */
const leastSeen = 3000;

/** Milliseconds until a job ends at the pace since it was first seen. Undefined as long as nobody can tell. */
function jobTimeLeft(first: FirstSeen | undefined, now: number, fraction: number | undefined): number | undefined {
  if (first === undefined || fraction === undefined || fraction >= 1 || fraction <= first.fraction) return undefined;
  if (now - first.time < leastSeen) return undefined;
  return ((1 - fraction) * (now - first.time)) / (fraction - first.fraction);
}

const isOver = (state: JobStatus['state'] | undefined): boolean => state !== undefined && isFinal(state);

/** What tells how long a job has been at work. */
type Timed = Pick<JobStatus, 'fraction' | 'startedAt' | 'finishedAt'> & Partial<Pick<JobStatus, 'state'>>;

/**
 * Milliseconds since the server started the job, or for which it worked. Undefined when the server does not say, or when
 * its clock is ahead of ours, or for a job that has ended when the server does not say when.
 */
export function jobElapsed({ startedAt = '', finishedAt, state }: Timed, now: number): number | undefined {
  if (finishedAt === undefined && isOver(state)) return undefined;
  const elapsed = (finishedAt === undefined ? now : Date.parse(finishedAt)) - Date.parse(startedAt);
  return elapsed >= 0 ? elapsed : undefined;
}

/** Milliseconds until a job ends that was seen only once, at its pace so far. */
export function jobLeft(status: Timed, now: number): number | undefined {
  const elapsed = status.finishedAt === undefined ? jobElapsed(status, now) : undefined;
  return jobTimeLeft(elapsed === undefined ? undefined : { time: now - elapsed, fraction: 0 }, now, status.fraction);
}

/** Remembers when each job, and its progress, was first seen. */
export class JobTimes {
  readonly #began = new Map<string, number>();
  readonly #first = new Map<string, FirstSeen>();

  /** What is known of a job now: how long it is at work, or else watched, and when it may end, in milliseconds. */
  look(handle: string, now: number, status: Timed): { readonly elapsed?: number; readonly left?: number } {
    const { fraction } = status;
    const began = this.#began.get(handle) ?? now;
    this.#began.set(handle, began);
    const first = this.#first.get(handle) ?? (fraction === undefined ? undefined : { time: now, fraction });
    if (first !== undefined) this.#first.set(handle, first);
    const left = jobTimeLeft(first, now, fraction);
    const elapsed = jobElapsed(status, now) ?? (isOver(status.state) ? undefined : now - began);
    return { ...(elapsed === undefined ? {} : { elapsed }), ...(left === undefined ? {} : { left }) };
  }
}
