import type { Json, Ledger } from '../../ports/journal.ts';
import type { ItemEnd, ItemOutcome, ItemWork } from '../../ports/runner.ts';
import type { Plan, WaveItem } from './plan.ts';
import type { Standing } from './schedule.ts';

/** `waiting`: it has not begun. */
export type ItemState = 'waiting' | 'running' | ItemOutcome | 'skipped';

const states: readonly string[] = [
  'waiting',
  'running',
  'done',
  'partial',
  'started',
  'failed',
  'interrupted',
  'skipped',
  'postponed',
] satisfies readonly ItemState[];

/** What became of an item, as a ledger keeps it. Plain data without secrets. */
export interface ItemRecord extends Omit<ItemEnd, 'outcome' | 'jobs'> {
  readonly state: ItemState;
  /** ISO 8601: when it came to this state. */
  readonly since: string;
  /** ISO 8601: when its work began, the last time. */
  readonly beganAt?: string | undefined;
  readonly endedAt?: string | undefined;
  /** The id of the attempt that was begun. Records of earlier releases have none. */
  readonly attempt?: string | undefined;
  /** The work that was begun. See Runner.keyOf. */
  readonly key?: string | undefined;
  /** How often it was begun. */
  readonly attempts: number;
  readonly jobs: readonly string[];
}

export const untouched: ItemRecord = { state: 'waiting', since: '', attempts: 0, jobs: [] };

/** The name of an item's entry in a ledger. */
export const entryOf = (id: string): string => `item ${id}`;

/** The record of an entry. Undefined for one that nobody can read. */
export function recordOf(entry: Json | undefined): ItemRecord | undefined {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return undefined;
  const record = entry as unknown as Partial<ItemRecord>;
  const { state, since, attempts, jobs } = record;
  if (typeof state !== 'string' || !states.includes(state) || typeof since !== 'string') return undefined;
  if (typeof attempts !== 'number' || !Array.isArray(jobs)) return undefined;
  return record as ItemRecord;
}

/** The records of all items of a plan, from its ledger. */
export async function readRecords(ledger: Pick<Ledger, 'all'>): Promise<Map<string, ItemRecord>> {
  const records = new Map<string, ItemRecord>();
  const prefix = entryOf('');
  for (const [name, entry] of await ledger.all()) {
    const record = recordOf(entry);
    if (name.startsWith(prefix) && record !== undefined) records.set(name.slice(prefix.length), record);
  }
  return records;
}

/** The record as a ledger takes it. */
export const plainRecord = (record: ItemRecord): Json => JSON.parse(JSON.stringify(record)) as Json;

/** What an item has come to before this run. */
export function standingOf(record: ItemRecord = untouched, isChosen: boolean): Standing {
  switch (record.state) {
    case 'done':
    case 'partial':
      return 'done';
    case 'running':
    case 'started':
    case 'interrupted':
      return isChosen ? 'waiting' : 'open';
    default:
      return isChosen ? 'waiting' : 'out';
  }
}

/** The id of the attempt that an earlier process began and did not end: another process goes on with it. */
export const openAttempt = ({ state, attempt }: ItemRecord): string | undefined =>
  state === 'running' || state === 'interrupted' ? attempt : undefined;

/** Why an item did not end well. */
export const reasonOf = ({ reason, fault }: ItemRecord): string | undefined => reason ?? fault?.message;

export function workOf({ id, project, from, to, flags }: WaveItem): ItemWork {
  return { id, project, from, to, flags: Object.fromEntries(flags.map(({ name, value }) => [name, value])) };
}

/** One item as reports have it. */
export interface ItemFacts extends ItemRecord {
  readonly id: string;
  readonly project: string;
  readonly wave: string;
  readonly from: string;
  readonly to: string;
  readonly needs: readonly string[];
  readonly owner: string | undefined;
}

/** A wave as reports have it: plain data without secrets. */
export interface WaveFacts {
  readonly name: string;
  readonly waves: readonly { readonly name: string; readonly needs: readonly string[] }[];
  /** In the order of the plan. */
  readonly items: readonly ItemFacts[];
  readonly counts: Readonly<Record<ItemState, number>>;
}

export function factsOf(plan: Plan, records: ReadonlyMap<string, ItemRecord>): WaveFacts {
  const counts = Object.fromEntries(states.map((state) => [state, 0])) as Record<ItemState, number>;
  const items = plan.items.map((item): ItemFacts => {
    const { id, project, wave, from, to, needs, owner } = item;
    const record = records.get(id) ?? untouched;
    counts[record.state] += 1;
    return { id, project, wave, from, to, needs, owner, ...record };
  });
  return { name: plan.name, waves: plan.waves.map(({ name, needs }) => ({ name, needs })), items, counts };
}
