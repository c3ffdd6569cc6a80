import { randomUUID } from 'node:crypto';
import { errorCodes, MigratorError } from '../errors.ts';
import type { Attempt, ItemEnd, ItemWork, Runner } from '../ports/runner.ts';
import type { Reporter } from '../ports/reporter.ts';
import type { Clock } from '../ports/runtime.ts';
import type { QueueConnection } from './connect.ts';
import {
  jobId,
  type Part,
  type PartData,
  type PartNews,
  type PartResult,
  partsOf,
  queueOf,
  type Queues,
} from './jobs.ts';
import { workersOf } from './presence.ts';

export interface QueueRunnerPorts {
  readonly connection: QueueConnection;
  readonly queues: Queues;
  /** The id of the signed plan. It is asked for when the first item is handed out. */
  readonly plan: () => Promise<string>;
  readonly keyOf: Runner['keyOf'];
  readonly foresee: Runner['foresee'];
  readonly clock: Clock;
  readonly reporter: Reporter;
  /** How often the queue is asked for what has become of the jobs, in milliseconds. */
  readonly interval?: number;
}

/**
 * Hands items to workers, and waits for their ends. Who dies in between and comes back finds the same jobs. The slots of
 * servers are taken by the workers, over all plans.
 */
export function queueRunner(ports: QueueRunnerPorts): Runner {
  const { queues, plan, keyOf, foresee, clock, interval = 1000 } = ports;

  /** Waits until the job has ended. A job that somebody removed is put back. */
  const waited = async (
    name: string,
    id: string,
    data: () => Promise<PartData>,
    reporter: Reporter,
    signal: AbortSignal,
  ): Promise<PartResult> => {
    const watch = new PartWatch(ports, reporter);
    for (;;) {
      const job = await queues.find(name, id);
      const state = await job?.getState();
      if (job === undefined) await queues.add(name, id, await data());
      else if (state === 'completed') return (await resultOf(queues, name, id)) ?? {};
      else if (state === 'failed') return { end: lostEnd(job.failedReason) };
      else await watch.look(name, state === 'active', job.progress);
      await clock.sleep(interval, signal);
    }
  };

  const run = async (work: ItemWork, attempt: Attempt, reporter: Reporter, signal: AbortSignal): Promise<ItemEnd> => {
    let before: ItemEnd | undefined;
    for (const part of partsOf(work)) {
      const exported = before;
      const data = async () => partData(part, { plan: await plan(), work, attempt, exported });
      const { end = lostEnd() } = await waited(queueOf(work, part), jobId(part, attempt.id), data, reporter, signal);
      before = before === undefined ? end : joined(before, end);
      if (!goesOn(end)) return before;
    }
    return before ?? lostEnd();
  };

  return {
    keyOf,
    foresee,
    // The workers take the slots: they know which way an item takes, and they see all plans.
    slotsOf: () => Promise.resolve([]),
    run: (work, attempt, reporter, signal) =>
      run(work, attempt, reporter, signal).catch((error: unknown): ItemEnd => {
        // The workers go on with it.
        if (signal.aborted) return { outcome: 'interrupted', jobs: [] };
        throw error;
      }),
    endOf: async (work, attempt) => {
      const seen = await lookAt(queues, work, attempt);
      return typeof seen === 'object' ? seen : undefined;
    },
    missing: async (done, signal) => {
      const missing = new Set<string>();
      for (const to of new Set(done.map(({ work }) => work.to))) {
        const there = done.filter(({ work }) => work.to === to);
        const data = async (): Promise<PartData> => ({
          ...{ plan: await plan(), part: 'look', item: there[0]?.work.id ?? '', attempt: '' },
          done: there.map(({ work, arrived }) => ({ id: work.id, arrived })),
        });
        const result = await waited(to, jobId('look', randomUUID()), data, ports.reporter, signal);
        // Who could not look knows nothing of the target.
        if (result.missing === undefined) throw asError(result.end ?? lostEnd());
        for (const id of result.missing) missing.add(id);
      }
      return missing;
    },
  };
}

async function resultOf(queues: Queues, name: string, id: string): Promise<PartResult | undefined> {
  const job = await queues.find(name, id);
  if (job === undefined || (await job.getState()) !== 'completed') return undefined;
  // What was read before it ended has no result.
  return (await queues.find(name, id))?.returnvalue ?? undefined;
}

/** What has become of an attempt: its end, or where it is. Undefined when the queue does not know it. */
export async function lookAt(
  queues: Queues,
  work: ItemWork,
  { id }: Pick<Attempt, 'id'>,
): Promise<ItemEnd | 'at work' | 'queued' | undefined> {
  let before: ItemEnd | undefined;
  for (const part of partsOf(work)) {
    const [name, job] = [queueOf(work, part), jobId(part, id)];
    const state = await (await queues.find(name, job))?.getState();
    if (state === undefined) return before === undefined ? undefined : 'queued';
    if (state !== 'completed' && state !== 'failed') return state === 'active' ? 'at work' : 'queued';
    const { end = lostEnd() } = (await resultOf(queues, name, job)) ?? {};
    before = before === undefined ? end : joined(before, end);
    if (!goesOn(end)) return before;
  }
  return before;
}

/** Data of a part's job. */
export function partData(
  part: Part,
  {
    plan,
    work,
    attempt,
    exported,
  }: {
    readonly plan: string;
    readonly work: ItemWork;
    readonly attempt: Pick<Attempt, 'id'>;
    readonly exported: ItemEnd | undefined;
  },
): PartData {
  return { plan, part, item: work.id, attempt: attempt.id, ...(exported === undefined ? {} : { exported }) };
}

/** Whether the next part of the item may begin. */
export const goesOn = ({ outcome }: ItemEnd): boolean => outcome === 'done' || outcome === 'partial';

/** Both parts of an item as one. */
export function joined(first: ItemEnd, second: ItemEnd): ItemEnd {
  const warned = [...(first.warned ?? []), ...(second.warned ?? [])];
  return {
    ...first,
    ...second,
    outcome: second.outcome === 'done' ? first.outcome : second.outcome,
    jobs: [...first.jobs, ...second.jobs],
    ran: [...(first.ran ?? []), ...(second.ran ?? [])],
    warnings: (first.warnings ?? 0) + (second.warnings ?? 0),
    ...(warned.length === 0 ? {} : { warned: warned.slice(0, 20) }),
    ...(second.reason === undefined && second.outcome === 'done' && first.reason !== undefined
      ? { reason: first.reason }
      : {}),
  };
}

function asError({ fault }: ItemEnd): Error {
  const { code = 'BUG', message = 'the target could not be looked at', hint } = fault ?? {};
  const known = errorCodes.find((one) => one === code);
  return known === undefined ? new Error(message) : new MigratorError(known, message, { hint });
}

function lostEnd(reason = 'the job has no result'): ItemEnd {
  const message = `the queue lost this item: ${reason}`;
  return { outcome: 'failed', jobs: [], fault: { code: 'BUG', message } };
}

/** How long a part may wait before somebody says what it waits for, in milliseconds. */
const patience = 3000;

/** Tells what a part does elsewhere, and what it waits for. */
class PartWatch {
  readonly #ports: QueueRunnerPorts;
  readonly #reporter: Reporter;
  readonly #began: number;
  #last = 0;
  #told = false;

  constructor(ports: QueueRunnerPorts, reporter: Reporter) {
    this.#ports = ports;
    this.#reporter = reporter;
    this.#began = ports.clock.now().getTime();
  }

  async look(name: string, isActive: boolean, progress: unknown): Promise<void> {
    if (isActive) {
      if (this.#told) this.#reporter.report({ type: 'wait', what: 'a worker', over: true });
      this.#told = true;
      this.#tell(progress);
    } else if (!this.#told && this.#ports.clock.now().getTime() - this.#began > patience) {
      this.#told = true;
      this.#reporter.report({ type: 'wait', what: await this.#need(name) });
    }
  }

  async #need(name: string): Promise<string> {
    const wanted = name.split('>');
    const workers = await workersOf(this.#ports.connection);
    const fit = workers.filter(({ serves }) => wanted.every((one) => serves.includes(one)));
    const what = `a worker that serves ${wanted.join(' and ')}`;
    return fit.length === 0
      ? `${what}: none is at work now, start one with migrator worker`
      : `a free slot, or ${what}`;
  }

  #tell(progress: unknown): void {
    const { events = [], last = 0 } = (typeof progress === 'object' ? progress : {}) as Partial<PartNews>;
    // Another worker, which took the job up, counts from the start.
    if (last < this.#last) this.#last = 0;
    const fresh = events.slice(Math.max(0, events.length - (last - this.#last)));
    this.#last = last;
    for (const event of fresh) this.#reporter.report(event);
  }
}
