import { randomUUID } from 'node:crypto';
import type { Job, Worker } from 'bullmq';
import { isStopped } from '../core/waves/stop.ts';
import { isMigratorError } from '../errors.ts';
import type { Ledgers } from '../ports/journal.ts';
import type { Event, Reporter } from '../ports/reporter.ts';
import type { ItemEnd, Slot } from '../ports/runner.ts';
import type { Clock } from '../ports/runtime.ts';
import type { QueueConnection } from './connect.ts';
import {
  jobId,
  pairQueue,
  type Part,
  type PartData,
  type PartNews,
  type PartResult,
  queueOf,
  type Queues,
  queuePrefix,
} from './jobs.ts';
import { queuePackages } from './packages.ts';
import { itemIn, type QueuedItem, type QueuedPlan, type QueuedPlans } from './queued-plan.ts';
import { goesOn, partData } from './runner.ts';
import { type Holder, Slots } from './slots.ts';

/** An item with the key of its plan's ledger. */
export type ItemOfPlan = QueuedItem & Pick<QueuedPlan, 'ledger'>;

/** What a worker does with the parts that it takes. Nothing here throws for what happens to an item. */
export interface Hands {
  /** The places on which this part of the item takes a slot. */
  slotsOf(part: Part, item: QueuedItem): Promise<readonly Slot[]>;
  run(
    part: Exclude<Part, 'look'>,
    item: ItemOfPlan,
    exported: ItemEnd | undefined,
    reporter: Reporter,
    signal: AbortSignal,
  ): Promise<ItemEnd>;
  /** Of these items, which their target does not show any more. */
  missing(
    done: readonly { readonly item: QueuedItem; readonly arrived: readonly string[] }[],
    signal: AbortSignal,
  ): Promise<ReadonlySet<string>>;
}

export interface WorkTiming {
  /** How long a job belongs to a worker that gives no sign of life, in milliseconds. */
  readonly lock: number;
  /** How often an idle worker asks for a job, in milliseconds. */
  readonly idle: number;
  /** After how long a job whose slot is taken is tried again, in milliseconds. */
  readonly slot: number;
}

export const usualWorkTiming: WorkTiming = { lock: 30_000, idle: 500, slot: 1000 };

export interface WorkPorts {
  readonly connection: QueueConnection;
  readonly queues: Queues;
  readonly plans: QueuedPlans;
  readonly ledgers: Ledgers;
  readonly hands: Hands;
  readonly reporter: Reporter;
  readonly clock: Clock;
  readonly host: string;
  /** Masks secrets in what goes into the queue. */
  readonly mask: <T extends object>(value: T) => T;
  readonly timing?: WorkTiming;
}

export interface WorkInput {
  readonly serves: readonly string[];
  /** Pairs of served instances between which a project can be moved, as source and target. */
  readonly pairs: readonly (readonly [string, string])[];
  readonly concurrency: number;
}

/** Takes jobs and does them, until the signal. What is at work then is left with its jobs: another worker goes on with it. */
export async function workOff(input: WorkInput, ports: WorkPorts, signal: AbortSignal): Promise<void> {
  const { bullmq } = await queuePackages();
  const timing = ports.timing ?? usualWorkTiming;
  const names = [...input.serves, ...input.pairs.map(([from, to]) => pairQueue(from, to))];
  const workers = names.map(
    (name) =>
      new bullmq.Worker<PartData, PartResult>(name, null, {
        connection: ports.connection.redis,
        prefix: queuePrefix,
        autorun: false,
        skipVersionCheck: true,
        lockDuration: timing.lock,
        stalledInterval: timing.lock,
        // A job that was interrupted is gone on with, however often: the journal knows what it has begun.
        maxStalledCount: 1_000_000,
      }),
  );
  const floor = new Floor(ports, timing, signal);
  try {
    for (const worker of workers) {
      worker.on('error', () => undefined);
      await worker.startStalledCheckTimer();
    }
    while (!signal.aborted) {
      const took = await floor.fill(workers, input.concurrency);
      if (!took) await floor.idle();
    }
  } finally {
    await floor.empty();
    for (const worker of workers) await worker.close(true);
  }
}

type PartJob = Job<PartData, PartResult>;

/** The jobs that are at work in this process. */
class Floor {
  readonly #ports: WorkPorts;
  readonly #timing: WorkTiming;
  readonly #signal: AbortSignal;
  readonly #slots: Slots;
  readonly #atWork = new Set<Promise<void>>();
  #first = 0;

  constructor(ports: WorkPorts, timing: WorkTiming, signal: AbortSignal) {
    this.#ports = ports;
    this.#timing = timing;
    this.#signal = signal;
    this.#slots = new Slots(ports.connection);
  }

  /** Takes as many jobs as there is room for, from each queue in turn. Returns whether it took any. */
  async fill(workers: readonly Worker<PartData, PartResult>[], room: number): Promise<boolean> {
    let took = false;
    this.#first += 1;
    for (let index = 0; index < workers.length && this.#atWork.size < room && !this.#signal.aborted; index += 1) {
      // No queue starves the others.
      const worker = workers[(this.#first + index) % workers.length];
      const token = randomUUID();
      const job = (await worker?.getNextJob(token, { block: false })) as PartJob | undefined;
      if (job === undefined) continue;
      took = true;
      const work = this.#do(job, token).finally(() => this.#atWork.delete(work));
      this.#atWork.add(work);
    }
    return took && this.#atWork.size < room;
  }

  /** Until there may be something to do. */
  async idle(): Promise<void> {
    const over = new AbortController();
    const pause = this.#ports.clock.sleep(this.#timing.idle, AbortSignal.any([this.#signal, over.signal]));
    await Promise.race([pause, ...this.#atWork]).catch(() => undefined);
    over.abort();
    await pause.catch(() => undefined);
  }

  async empty(): Promise<void> {
    await Promise.all(this.#atWork);
  }

  /** Never throws: a job that cannot be ended here is taken up by another worker when its lock is over. */
  async #do(job: PartJob, token: string): Promise<void> {
    const lost = new AbortController();
    const renewing = setInterval(() => {
      // Another worker has it when this one was silent for too long.
      void job.extendLock(token, this.#timing.lock).then(
        (held) => {
          if (held !== 1) lost.abort();
        },
        () => undefined,
      );
    }, this.#timing.lock / 3);
    try {
      const result = await this.#resultOf(job, token, AbortSignal.any([this.#signal, lost.signal]));
      if (result === undefined || lost.signal.aborted) return;
      await job.moveToCompleted(this.#ports.mask(result), token, false);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#ports.reporter.report({
        type: 'warning',
        item: job.data.item,
        message: `left to another worker: ${message}`,
      });
    } finally {
      clearInterval(renewing);
    }
  }

  /** Undefined: the job went back into the queue. */
  async #resultOf(job: PartJob, token: string, signal: AbortSignal): Promise<PartResult | undefined> {
    const { data, queueName: queue, id = '' } = job;
    try {
      const plan = await this.#ports.plans.get(data.plan);
      if (data.part === 'look') return await this.#look(data, plan, signal);
      const item = { ...itemIn(plan, data.item), ledger: plan.ledger };
      const pause = data.began === true ? undefined : await this.#pauseOf(plan);
      if (pause !== undefined) return { end: { outcome: 'postponed', jobs: [], reason: pause } };
      const holder = { queue, job: id };
      const slots = await this.#ports.hands.slotsOf(data.part, item);
      if (!(await this.#taken(holder, slots))) {
        await job.moveToDelayed(Date.now() + this.#timing.slot, token);
        return undefined;
      }
      const end = await this.#run(job, { ...item, part: data.part }, signal);
      if (end.outcome === 'interrupted') {
        // It keeps its slots: its jobs go on at their servers.
        await job.moveToDelayed(Date.now(), token);
        return undefined;
      }
      if (data.part === 'export' && goesOn(end)) await this.#handOn(item, data, end);
      await this.#slots.free(holder, slots);
      return { end };
    } catch (error) {
      if (!isMigratorError(error) || signal.aborted) throw error;
      const { code, message, hint } = error;
      return { end: { outcome: 'failed', jobs: [], fault: { code, message, hint } } };
    }
  }

  async #run(
    job: PartJob,
    item: ItemOfPlan & { readonly part: Exclude<Part, 'look'> },
    signal: AbortSignal,
  ): Promise<ItemEnd> {
    const { reporter, hands, host } = this.#ports;
    const { id } = item.work;
    if (job.data.began !== true) await job.updateData({ ...job.data, began: true });
    reporter.report({ type: 'item', item: id, state: 'running' });
    const news = new News(job, this.#ports);
    const told: Reporter = {
      report: (event) => {
        reporter.report({ ...event, item: id });
        news.add(event);
      },
    };
    const began = this.#ports.clock.now().getTime();
    try {
      const end = { ...(await hands.run(item.part, item, job.data.exported, told, signal)), host };
      const reason = end.reason ?? end.fault?.message;
      const milliseconds = this.#ports.clock.now().getTime() - began;
      reporter.report({ type: 'item', item: id, state: end.outcome, reason, milliseconds });
      return end;
    } finally {
      news.stop();
    }
  }

  /** The import may begin, whether a coordinator is there or not. */
  async #handOn({ work }: QueuedItem, { plan, attempt }: PartData, exported: ItemEnd): Promise<void> {
    const data = partData('import', { plan, work, attempt: { id: attempt }, exported: this.#ports.mask(exported) });
    await this.#ports.queues.add(queueOf(work, 'import'), jobId('import', attempt), data);
  }

  async #look({ done = [] }: PartData, plan: Parameters<typeof itemIn>[0], signal: AbortSignal): Promise<PartResult> {
    const items = done.map(({ id, arrived }) => ({ item: itemIn(plan, id), arrived }));
    return { missing: [...(await this.#ports.hands.missing(items, signal))] };
  }

  /** Why nothing of the plan begins now. */
  async #pauseOf({ ledger, until }: { readonly ledger: string; readonly until?: string | undefined }) {
    if (until !== undefined && this.#ports.clock.now().toISOString() >= until) return `nothing starts after ${until}`;
    return (await isStopped(this.#ports.ledgers.of(ledger))) ? 'the wave was stopped with "wave stop"' : undefined;
  }

  /** Holders whose job has ended, or is gone, hold nothing. */
  async #taken(holder: Holder, slots: readonly Slot[]): Promise<boolean> {
    const others = await this.#slots.take(holder, slots);
    if (others === true) return true;
    let freed = false;
    for (const other of others) {
      const state = await (await this.#ports.queues.find(other.queue, other.job))?.getState();
      if (state !== undefined && state !== 'completed' && state !== 'failed') continue;
      await this.#slots.free(other, slots);
      freed = true;
    }
    return freed && (await this.#slots.take(holder, slots)) === true;
  }
}

/** How many events a job keeps for those who watch it, and how often they are written, in milliseconds. */
const mostEvents = 20;
const newsRhythm = 1000;

/** The events of an item, for the coordinator. A slow queue does not slow down the work. */
class News {
  readonly #job: PartJob;
  readonly #ports: WorkPorts;
  readonly #timer: NodeJS.Timeout;
  #events: readonly Event[] = [];
  #last = 0;
  #sent = 0;
  #sending = false;

  constructor(job: PartJob, ports: WorkPorts) {
    this.#job = job;
    this.#ports = ports;
    this.#timer = setInterval(() => void this.#send(), newsRhythm);
  }

  add(event: Event): void {
    if (event.type === 'bytes' || event.type === 'debug') return;
    this.#last += 1;
    this.#events = [...this.#events, event].slice(-mostEvents);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #send(): Promise<void> {
    if (this.#sending || this.#sent === this.#last) return;
    this.#sending = true;
    this.#sent = this.#last;
    const news: PartNews = { host: this.#ports.host, last: this.#last, events: this.#events };
    // What is lost here is told by the end of the job.
    await this.#job.updateProgress(this.#ports.mask(news)).catch(() => undefined);
    this.#sending = false;
  }
}
