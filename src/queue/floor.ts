import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { Worker } from 'bullmq';
import { isStopped } from '../core/waves/stop.ts';
import { isMigratorError } from '../errors.ts';
import type { Reporter } from '../ports/reporter.ts';
import type { ItemEnd, ItemFault, Slot } from '../ports/runner.ts';
import type { ItemOfPlan, WorkPorts, WorkTiming } from './hands.ts';
import { jobId, type Part, type PartData, type PartResult, queueOf } from './jobs.ts';
import { News, type PartJob } from './news.ts';
import { itemIn, type QueuedItem } from './queued-plan.ts';
import { goesOn, partData } from './runner.ts';
import { type Holder, Slots } from './slots.ts';

function faultOf(error: unknown): ItemFault {
  if (isMigratorError(error)) return { code: error.code, message: error.message, hint: error.hint };
  return { code: 'BUG', message: error instanceof Error ? error.message : String(error) };
}

/** The jobs that are at work in this process. */
export class Floor {
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
      const signal = AbortSignal.any([this.#signal, lost.signal]);
      // Each concurrent request adds a listener. The code that makes the requests limits their number.
      setMaxListeners(0, signal);
      const result = await this.#resultOf(job, token, signal);
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
      if (signal.aborted) throw error;
      // A fault of migrator itself ends the item too: the next worker would meet it again.
      return { end: { outcome: 'failed', jobs: [], host: this.#ports.host, fault: faultOf(error) } };
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
