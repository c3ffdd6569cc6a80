import { graphOf, inNeedOrder, type Graph, type Needing } from './needs.ts';

/** One circle of needs: the names on the way round, the first one again at the end. */
export interface Circle {
  readonly path: readonly string[];
  readonly line: number;
}

/** The circles of a plan, one for each group of things that need each other. */
export function circlesIn(plan: Needing): readonly Circle[] {
  const graph = graphOf(plan);
  const left = new Set(inNeedOrder(graph).left);
  const circles: Circle[] = [];
  const seen = new Set<number>();
  for (const start of left) {
    if (seen.has(start)) continue;
    const path = walk(start, left, seen, graph);
    if (path.length > 0) circles.push({ path: path.map((node) => nameOf(node, graph)), line: lineOf(path, plan) });
  }
  return circles;
}

/** Follows needs from a node that has no place in the order, until a node comes again. Empty when that circle is known. */
function walk(start: number, left: ReadonlySet<number>, seen: Set<number>, { needs }: Graph): readonly number[] {
  const path: number[] = [];
  const at = new Map<number, number>();
  let node = start;
  for (;;) {
    const before = at.get(node);
    if (before !== undefined) return [...path.slice(before), node];
    if (seen.has(node)) return [];
    seen.add(node);
    at.set(node, path.length);
    path.push(node);
    // Each node that is left needs another one that is left.
    const next = needs[node]?.find((one) => left.has(one));
    if (next === undefined) return [];
    node = next;
  }
}

const nameOf = (node: number, { ids, items }: Graph): string =>
  node < items ? `"${ids[node] ?? ''}"` : `wave "${ids[node] ?? ''}"`;

function lineOf(path: readonly number[], { items, waves }: Needing): number {
  const lines = path.flatMap((node) => items[node]?.line ?? waves[node - items.length]?.line ?? []);
  return Math.min(...lines);
}
