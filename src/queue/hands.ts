import type { Ledgers } from '../ports/journal.ts';
import type { Reporter } from '../ports/reporter.ts';
import type { ItemEnd, Slot } from '../ports/runner.ts';
import type { Clock } from '../ports/runtime.ts';
import type { QueueConnection } from './connect.ts';
import type { Part, Queues } from './jobs.ts';
import type { QueuedItem, QueuedPlan, QueuedPlans } from './queued-plan.ts';

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

