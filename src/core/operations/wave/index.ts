import { randomUUID } from 'node:crypto';
import { MigratorError } from '../../../errors.ts';
import type { HeldLedger } from '../../../ports/journal.ts';
import type { Reporter } from '../../../ports/reporter.ts';
import type { ItemEnd, ItemWork, Runner, Slot } from '../../../ports/runner.ts';
import type { Clock } from '../../../ports/runtime.ts';
import {
  entryOf,
  type ItemRecord,
  openAttempt,
  plainRecord,
  reasonOf,
  standingOf,
  untouched,
  workOf,
} from '../../waves/item-record.ts';
import type { Plan } from '../../waves/plan.ts';
import { mergedSlots, scheduleOf, type Schedule, type Skip, type Standing } from '../../waves/schedule.ts';
import { isStopped, stopEntry } from '../../waves/stop.ts';

export interface WaveInput {
  readonly plan: Plan;
  /** The ids of the items that this run may do. */
  readonly chosen: ReadonlySet<string>;
  readonly workers: number;
  readonly onFailure: Plan['onFailure'];
  /** No item starts from then on. */
  readonly until: Date | undefined;
}

export interface WavePorts {
  readonly runner: Runner;
  readonly ledger: HeldLedger;
  readonly reporter: Reporter;
  readonly clock: Clock;
  /** How often the ledger is asked whether the wave should stop, in milliseconds. */
  readonly stopInterval?: number;
}

/**
 * Does the chosen items of a plan, as many at once as the workers and the servers bear. What an earlier run of the plan has
 * begun is taken up, and what it has done is not done again: `records` are those that `takeStock` made of it. CANCELLED after
 * a signal, when what was at work has been left with its jobs.
 */
export async function runWave(
  input: WaveInput,
  records: Map<string, ItemRecord>,
  ports: WavePorts,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ItemRecord>> {
  await ports.ledger.put(stopEntry, null);
  const run = new WaveRun(input, records, ports, signal);
  await run.toItsEnd();
  if (signal.aborted) throw new MigratorError('CANCELLED', `the run of "${input.plan.name}" was interrupted`);
  return records;
}

class WaveRun {
  readonly #input: WaveInput;
  readonly #records: Map<string, ItemRecord>;
  readonly #ports: WavePorts;
  readonly #signal: AbortSignal;
  readonly #schedule: Schedule;
  readonly #standings = new Map<string, Standing>();
  readonly #works: ReadonlyMap<string, ItemWork>;
  readonly #slots = new Map<string, readonly Slot[]>();
  readonly #began: Date;
  /** Why nothing more starts. */
  #closed: string | undefined;
  #running = 0;
  #ended = 0;
  #total = 0;
  /** What went wrong here and not with an item, such as a full disk. */
  #failure: unknown;
  /** Something has happened since the last step began. */
  #news = false;
  #resume: () => void = () => undefined;

  constructor(input: WaveInput, records: Map<string, ItemRecord>, ports: WavePorts, signal: AbortSignal) {
    this.#input = input;
    this.#records = records;
    this.#ports = ports;
    this.#signal = signal;
    this.#schedule = scheduleOf(input.plan);
    this.#works = new Map(input.plan.items.map((item) => [item.id, workOf(item)]));
    this.#began = ports.clock.now();
    for (const { id } of input.plan.items) this.#standings.set(id, standingOf(records.get(id), input.chosen.has(id)));
    this.#total = [...this.#standings.values()].filter((standing) => standing === 'waiting').length;
  }

  async toItsEnd(): Promise<void> {
    const over = new AbortController();
    const watching = this.#watchForStop(AbortSignal.any([over.signal, this.#signal]));
    const wake = () => {
      this.#wake();
    };
    this.#signal.addEventListener('abort', wake, { once: true });
    try {
      await this.#fillSlots();
      for (;;) {
        this.#news = false;
        await this.#step();
        if (this.#hasNews()) continue;
        if (this.#running === 0) break;
        await new Promise<void>((resolve) => (this.#resume = resolve));
      }
      if (this.#failure !== undefined)
        throw this.#failure instanceof Error ? this.#failure : new Error('the run failed');
      if (!this.#signal.aborted) await this.#postpone();
    } finally {
      over.abort();
      await watching;
      this.#signal.removeEventListener('abort', wake);
    }
  }

  #hasNews(): boolean {
    return this.#news;
  }

  #wake(): void {
    this.#news = true;
    this.#resume();
  }

  /** The limits are known before anything starts. */
  async #fillSlots(): Promise<void> {
    const { limits } = this.#input.plan;
    for (const [id, work] of this.#works) {
      if (this.#standings.get(id) !== 'waiting') continue;
      const own = [work.from, work.to].flatMap((name) => {
        const most = limits.instances[name];
        return most === undefined ? [] : [{ of: `instance ${name}`, most }];
      });
      this.#slots.set(id, mergedSlots([...(await this.#ports.runner.slotsOf(work)), ...own]));
    }
  }

  /** A failure here ends the run, but not before what is at work has ended. */
  async #step(): Promise<void> {
    this.#closeWhenDue();
    const { start, skip } = this.#schedule.step(this.#standings, {
      workers: this.#input.workers,
      slotsOf: (id) => this.#slots.get(id) ?? [],
      open: this.#closed === undefined,
    });
    try {
      for (const one of skip) await this.#skip(one);
      for (const id of start) await this.#start(id);
    } catch (error) {
      this.#failure ??= error;
      this.#closeWhenDue();
    }
    this.#tellProgress();
  }

  #closeWhenDue(): void {
    const { until } = this.#input;
    if (this.#signal.aborted) this.#closed ??= 'the run was interrupted';
    if (this.#failure !== undefined) this.#closed ??= 'the run failed';
    if (until !== undefined && this.#ports.clock.now() >= until)
      this.#closed ??= `nothing starts after ${until.toISOString()}`;
  }

  async #start(id: string): Promise<void> {
    const work = this.#works.get(id);
    if (work === undefined) return;
    const { runner, clock, reporter } = this.#ports;
    const before = this.#records.get(id) ?? untouched;
    const at = clock.now().toISOString();
    const key = await runner.keyOf(work);
    const attempt = openAttempt(before) ?? randomUUID();
    // Durable before the first call: who comes after a crash looks for what was begun.
    await this.#note(id, {
      state: 'running',
      since: at,
      beganAt: at,
      attempt,
      key,
      attempts: before.attempts + 1,
      jobs: before.jobs,
    });
    this.#standings.set(id, 'running');
    this.#running += 1;
    reporter.report({ type: 'item', item: id, state: 'running' });
    const itsReporter: Reporter = {
      report: (event) => {
        reporter.report({ ...event, item: id });
      },
    };
    void runner
      .run(work, { id: attempt, since: at }, itsReporter, this.#signal)
      .then((end) => this.#end(id, end))
      .catch((error: unknown) => {
        this.#failure ??= error;
      })
      .finally(() => {
        this.#running -= 1;
        this.#wake();
      });
  }

  async #end(id: string, { outcome, jobs, ...end }: ItemEnd): Promise<void> {
    const { clock, reporter } = this.#ports;
    const before = this.#records.get(id) ?? untouched;
    const at = clock.now();
    const isOver = outcome === 'done' || outcome === 'partial' || outcome === 'failed';
    this.#standings.set(id, isOver ? (outcome === 'failed' ? 'failed' : 'done') : 'open');
    this.#ended += 1;
    const { beganAt, attempt, key, attempts } = before;
    const record: ItemRecord = {
      state: outcome,
      since: at.toISOString(),
      ...{ beganAt, attempt, key, attempts },
      ...(isOver ? { endedAt: at.toISOString() } : {}),
      jobs: [...new Set([...before.jobs, ...jobs])],
      ...end,
    };
    await this.#note(id, record);
    if (outcome === 'failed' && this.#input.onFailure === 'stop')
      this.#closed ??= `"${id}" failed, and the wave stops at a failure`;
    const milliseconds = beganAt === undefined ? undefined : at.getTime() - Date.parse(beganAt);
    reporter.report({ type: 'item', item: id, state: outcome, reason: reasonOf(record), milliseconds });
  }

  async #skip({ id, need, cause, standing }: Skip): Promise<void> {
    this.#standings.set(id, 'skipped');
    this.#ended += 1;
    const words = {
      failed: 'failed',
      skipped: 'was skipped',
      open: 'has not ended',
      out: 'is not done, and not part of this run',
    };
    const chain = need === cause ? '' : `, which needs "${cause}"`;
    const reason = `needs "${need}"${chain}, which ${words[standing]}`;
    await this.#leave(id, 'skipped', reason);
  }

  /** What is left waits for a later run. */
  async #postpone(): Promise<void> {
    for (const [id, standing] of this.#standings) {
      if (standing !== 'waiting') continue;
      const needs = this.#schedule.waitsFor(id, this.#standings).map((need) => `"${need}"`);
      const reason = this.#closed ?? `needs ${needs.join(', ')}, which has not ended`;
      await this.#leave(id, 'postponed', reason);
    }
  }

  async #leave(id: string, state: 'skipped' | 'postponed', reason: string): Promise<void> {
    const { clock, reporter } = this.#ports;
    const { attempts, jobs } = this.#records.get(id) ?? untouched;
    await this.#note(id, { state, since: clock.now().toISOString(), attempts, jobs, reason });
    reporter.report({ type: 'item', item: id, state, reason });
  }

  async #note(id: string, record: ItemRecord): Promise<void> {
    this.#records.set(id, record);
    await this.#ports.ledger.put(entryOf(id), plainRecord(record));
  }

  #tellProgress(): void {
    const [ended, total] = [this.#ended, this.#total];
    const elapsed = this.#ports.clock.now().getTime() - this.#began.getTime();
    const left = ended === 0 ? undefined : Math.round((elapsed / ended) * (total - ended));
    this.#ports.reporter.report({ type: 'items', ended, total, began: this.#began.toISOString(), left });
  }

  async #watchForStop(signal: AbortSignal): Promise<void> {
    const { ledger, clock, stopInterval = 1000 } = this.#ports;
    while (!signal.aborted && this.#closed === undefined) {
      try {
        await clock.sleep(stopInterval, signal);
      } catch {
        return;
      }
      if (!(await isStopped(ledger))) continue;
      this.#closed ??= 'the wave was stopped with "wave stop"';
      this.#wake();
    }
  }
}
