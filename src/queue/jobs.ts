import type { Job, Queue } from 'bullmq';
import type { Event } from '../ports/reporter.ts';
import type { ItemEnd, ItemWork } from '../ports/runner.ts';
import type { QueueConnection } from './connect.ts';
import { queuePackages } from './packages.ts';

/**
 * What one job of the queue does. An item is one `move` for a worker that reaches both ends. With a store it is an `export`
 * for a worker that reaches the source, and after that an `import` for one that reaches the target. `look` asks a target
 * whether it still shows what was moved.
 */
export type Part = 'move' | 'export' | 'import' | 'look';

export interface PartData {
  /** The id of a QueuedPlan. */
  readonly plan: string;
  readonly part: Part;
  /** The id of the item. A `look` has those of `done`. */
  readonly item: string;
  /** The id of the attempt at the item. */
  readonly attempt: string;
  /** Of an `import`: how the export ended, whose package it takes from the store. */
  readonly exported?: ItemEnd | undefined;
  /** Its work has begun: it must come to its end, whatever else begins no more. */
  readonly began?: boolean | undefined;
  /** Of a `look`. */
  readonly done?: readonly { readonly id: string; readonly arrived: readonly string[] }[] | undefined;
}

export interface PartResult {
  readonly end?: ItemEnd | undefined;
  /** Of a `look`: the items that the target does not show any more. */
  readonly missing?: readonly string[] | undefined;
}

/** What a job tells while it is at work: its last events, numbered from the first on. */
export interface PartNews {
  readonly host: string;
  readonly last: number;
  readonly events: readonly Event[];
}

/** The flag of `migrate-project` that names the store, without dashes. */
const storeFlag = 'via-store';

export const goesThroughStore = ({ flags }: ItemWork): boolean => typeof flags[storeFlag] === 'string';

/** The parts of an item's work, in their order. */
export const partsOf = (work: ItemWork): readonly ('move' | 'export' | 'import')[] =>
  goesThroughStore(work) ? ['export', 'import'] : ['move'];

/** One queue for each instance, and one for each pair of them, for workers that reach both. */
export function queueOf({ from, to }: Pick<ItemWork, 'from' | 'to'>, part: Part): string {
  if (part === 'move') return pairQueue(from, to);
  return part === 'export' ? from : to;
}

export const pairQueue = (from: string, to: string): string => `${from}>${to}`;

/** The id of a job: the same part of the same attempt is one job, however often it is asked for. */
export const jobId = (part: Part, attempt: string): string => `${part}-${attempt}`;

export const queuePrefix = 'migrator-queue';

/** How long the end of a job is kept for a coordinator that comes back, in seconds: longer than a migration takes. */
const kept = 180 * 24 * 60 * 60;

/** The queues by name, opened on first use, on one connection. */
export class Queues {
  readonly #connection: QueueConnection;
  readonly #opened = new Map<string, Promise<Queue<PartData, PartResult>>>();

  constructor(connection: QueueConnection) {
    this.#connection = connection;
  }

  of(name: string): Promise<Queue<PartData, PartResult>> {
    const known = this.#opened.get(name) ?? this.#open(name);
    this.#opened.set(name, known);
    return known;
  }

  /** Adds a job, or does nothing when it is there. */
  async add(name: string, id: string, data: PartData): Promise<void> {
    const queue = await this.of(name);
    await queue.add(data.part, data, { jobId: id, removeOnComplete: { age: kept }, removeOnFail: { age: kept } });
  }

  async find(name: string, id: string): Promise<Job<PartData, PartResult> | undefined> {
    return (await this.of(name)).getJob(id);
  }

  async close(): Promise<void> {
    for (const queue of this.#opened.values()) await (await queue).close();
    this.#opened.clear();
  }

  async #open(name: string): Promise<Queue<PartData, PartResult>> {
    const { bullmq } = await queuePackages();
    const queue = new bullmq.Queue<PartData, PartResult>(name, {
      connection: this.#connection.redis,
      prefix: queuePrefix,
      // The connection tells of its own troubles.
      skipVersionCheck: true,
    });
    queue.on('error', () => undefined);
    return queue;
  }
}
