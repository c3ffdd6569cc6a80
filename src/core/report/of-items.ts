import { parseHandle } from '../job-handle.ts';
import type { ItemFacts, WaveFacts as LedgerFacts } from '../waves/item-record.ts';
import { isMigratorError } from '../../errors.ts';
import type { PlannedAction } from '../../ports/plan.ts';
import { asDone, zeros } from './facts.ts';
import type { ItemState, JobFacts, ReportOutcome, RunFacts, Tiles, WaveItem } from './report.ts';

/** Counts of what items would do, by their ids. For a report of a dry run. */
export type Foretold = ReadonlyMap<string, Readonly<Partial<Record<PlannedAction, number>>>>;

/** The items of a wave, from what their ledger keeps, as a report has them. */
export function reportItems(
  { items }: Pick<LedgerFacts, 'items'>,
  foretold: Foretold = new Map(),
): readonly WaveItem[] {
  return items.map((item): WaveItem => {
    const { id, project, wave, owner, from, to, state, reason, fault, beganAt, endedAt } = item;
    const planned = foretold.get(id);
    const touched = item.attempts > 0 || item.jobs.length > 0;
    return {
      id,
      project,
      wave,
      owner,
      from,
      to,
      state: stateOf(state),
      reason,
      error: fault && { code: fault.code, message: fault.message, hint: fault.hint },
      startedAt: beganAt,
      endedAt,
      spans: (item.ran ?? []).flatMap(({ instance, kind, startedAt, endedAt: end }) =>
        startedAt === undefined ? [] : [{ instance, what: kind, startedAt, endedAt: end }],
      ),
      ...(touched || planned !== undefined ? { run: runOf(item, planned && plannedTiles(planned)) } : {}),
    };
  });
}

/** What became of a wave, from what became of its items. Items that nobody asked for do not count. */
export function outcomeOfItems(items: readonly Pick<WaveItem, 'state'>[]): ReportOutcome {
  const has = (...states: readonly ItemState[]): boolean => items.some(({ state }) => states.includes(state));
  if (has('failed')) return 'failed';
  if (has('interrupted')) return 'interrupted';
  if (has('partial', 'skipped', 'postponed')) return 'partial';
  return has('running') ? 'started' : 'done';
}

/** A job that nobody watches any more still runs. */
const stateOf = (state: ItemFacts['state']): ItemState => (state === 'started' ? 'running' : state);

function runOf(item: ItemFacts, planned: Tiles | undefined): RunFacts {
  const { project, route, package: ref, counts, arrived, backup, warned = [] } = item;
  return {
    projects: [{ name: project }],
    route,
    jobs: item.ran ?? item.jobs.map(jobOf),
    package: ref,
    tiles: planned ?? {
      basis: counts === undefined ? 'none' : arrived === undefined ? 'claimed' : 'seen',
      counts: { ...zeros(), ...counts },
    },
    changes: [],
    warnings: warned,
    left: [],
    backup,
    undo: [],
  };
}

/** All that a handle tells of a job. */
function jobOf(handle: string): JobFacts {
  const unknown = { handle, kind: '', state: '' };
  try {
    return { ...unknown, instance: parseHandle(handle).instance };
  } catch (error) {
    if (isMigratorError(error, 'USAGE')) return { ...unknown, instance: '' };
    throw error;
  }
}

function plannedTiles(planned: Readonly<Partial<Record<PlannedAction, number>>>): Tiles {
  const counts = zeros();
  for (const [action, word] of Object.entries(asDone))
    if (word !== undefined) counts[word] += planned[action as PlannedAction] ?? 0;
  return { basis: 'planned', counts };
}
