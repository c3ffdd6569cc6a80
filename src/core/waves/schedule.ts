import type { Slot } from '../../ports/runner.ts';
import { graphOf, inNeedOrder, type Graph, type Needing } from './needs.ts';

/**
 * What has become of an item, as far as the schedule needs it. `waiting`: it has not begun. `open`: it was begun and left
 * on its server, and nobody watches it. `out`: this run does not do it, and it has not been done.
 */
export type Standing = 'waiting' | 'running' | 'done' | 'failed' | 'skipped' | 'open' | 'out';

export interface Bounds {
  readonly workers: number;
  readonly slotsOf: (id: string) => readonly Slot[];
  /** False: nothing new starts. */
  readonly open: boolean;
}

export interface Skip {
  readonly id: string;
  /** The item, or the wave, that it needs. */
  readonly need: string;
  /** The item at the bottom of it, and what became of that. */
  readonly cause: string;
  readonly standing: 'failed' | 'skipped' | 'open' | 'out';
}

export interface Step {
  /** What starts now, in this order. */
  readonly start: readonly string[];
  /** What can never start, because something that it needs was not done. */
  readonly skip: readonly Skip[];
}

export interface Schedule {
  /** What follows from these standings. An item that is missing in them is `waiting`. */
  step(standings: ReadonlyMap<string, Standing>, bounds: Bounds): Step;
  /** Of an item that waits: the needs that are not done yet. */
  waitsFor(id: string, standings: ReadonlyMap<string, Standing>): readonly string[];
}

/** What a need has come to for those who need it: done, not done yet, or never done. */
const done = 0;
const ahead = 1;
const barredWay = 2;

/** The schedule of a plan without circles. It keeps nothing: the same standings give the same step. */
export function scheduleOf(plan: Needing): Schedule {
  const graph = graphOf(plan);
  const { order } = inNeedOrder(graph);
  return {
    step: (standings, bounds) => stepOf(graph, order, standings, bounds),
    waitsFor: (id, standings) => waitsFor(id, graph, standings),
  };
}

function stepOf(
  graph: Graph,
  order: readonly number[],
  standings: ReadonlyMap<string, Standing>,
  bounds: Bounds,
): Step {
  const { ids, items, needs } = graph;
  const ways = new Uint8Array(ids.length);
  const causes = new Map<number, Skip>();
  const ready: number[] = [];
  const running: string[] = [];
  const skip: Skip[] = [];
  for (const node of order) {
    const id = ids[node] ?? '';
    const standing = node < items ? (standings.get(id) ?? 'waiting') : undefined;
    if (standing === 'running') running.push(id);
    if (standing !== undefined && standing !== 'waiting') {
      ways[node] = standing === 'done' ? done : standing === 'running' || standing === 'open' ? ahead : barredWay;
      continue;
    }
    const list = needs[node] ?? [];
    const barred = list.find((one) => ways[one] === barredWay);
    const isAhead = list.some((one) => ways[one] === ahead);
    if (barred !== undefined) {
      ways[node] = barredWay;
      const because = skipBecause(id, barred, graph, standings, causes);
      causes.set(node, because);
      if (standing !== undefined) skip.push(because);
    } else if (standing === undefined) {
      ways[node] = isAhead ? ahead : done;
    } else {
      ways[node] = ahead;
      if (!isAhead) ready.push(node);
    }
  }
  if (!bounds.open || ready.length === 0 || running.length >= bounds.workers) return { start: [], skip };
  // In the order of the file.
  return {
    start: within(
      bounds,
      running,
      ready.sort((one, other) => one - other).map((node) => ids[node] ?? ''),
    ),
    skip,
  };
}

function skipBecause(
  id: string,
  need: number,
  { ids, items }: Graph,
  standings: ReadonlyMap<string, Standing>,
  causes: ReadonlyMap<number, Skip>,
): Skip {
  const name = ids[need] ?? '';
  const deeper = causes.get(need);
  const own = need < items ? standings.get(name) : undefined;
  if (deeper !== undefined) return { id, need: name, cause: deeper.cause, standing: deeper.standing };
  const standing = own === 'failed' || own === 'out' || own === 'open' ? own : 'skipped';
  return { id, need: name, cause: name, standing };
}

/** Those of the ready items that may start now: no slot ever holds more than the least that one of its items bears. */
function within(bounds: Bounds, running: readonly string[], ready: readonly string[]): readonly string[] {
  const used = new Map<string, number>();
  const bears = new Map<string, number>();
  const take = (slots: readonly Slot[]) => {
    for (const { of, most } of slots) {
      used.set(of, (used.get(of) ?? 0) + 1);
      bears.set(of, Math.min(most, bears.get(of) ?? most));
    }
  };
  for (const id of running) take(bounds.slotsOf(id));
  const start: string[] = [];
  for (const id of ready) {
    if (running.length + start.length >= bounds.workers) break;
    const slots = bounds.slotsOf(id);
    const isFree = ({ of, most }: Slot) => (used.get(of) ?? 0) < Math.min(most, bears.get(of) ?? most);
    if (!slots.every(isFree)) continue;
    take(slots);
    start.push(id);
  }
  return start;
}

function waitsFor(id: string, graph: Graph, standings: ReadonlyMap<string, Standing>): readonly string[] {
  const { ids, items, needs, numberOf } = graph;
  const found = new Set<string>();
  const seen = new Set<number>();
  const visit = (node: number) => {
    for (const need of needs[node] ?? []) {
      if (seen.has(need)) continue;
      seen.add(need);
      // A wave stands for its items.
      if (need >= items) visit(need);
      else if (standings.get(ids[need] ?? '') !== 'done') found.add(ids[need] ?? '');
    }
  };
  const node = numberOf.get(id);
  if (node !== undefined) visit(node);
  return [...found];
}

/** A place that both ends share is taken once. */
export function mergedSlots(slots: readonly Slot[]): readonly Slot[] {
  const least = new Map<string, number>();
  for (const { of, most } of slots) least.set(of, Math.min(most, least.get(of) ?? most));
  return [...least].map(([of, most]) => ({ of, most }));
}
