import type { Placed } from '../../../core/instance.ts';
import { waysBetween } from '../../../core/steps/settle-way.ts';
import { isMigratorError } from '../../../errors.ts';
import type { InstanceInfo } from '../../../ports/adapter.ts';

export interface Reached {
  /** Read-only, so it has no imports. */
  readonly instance: Placed;
  readonly imports: boolean;
  readonly info: InstanceInfo;
}

/** What moves from one instance to another one of the same product, as far as the two servers tell it without a project. */
export interface Pair {
  readonly from: string;
  readonly to: string;
  readonly product: string;
  readonly versions: readonly [string, string];
  /** How projects move. Undefined when nothing does. */
  readonly way: string | undefined;
  /** What speaks against the other ways, or against all. */
  readonly obstacles: readonly string[];
}

/** More pairs than this are no help to read. Then only those from and to the defaults are compared. */
const mostPairs = 12;

export async function comparePairs(
  reached: readonly Reached[],
  { from, to }: { readonly from: unknown; readonly to: unknown },
  signal: AbortSignal,
): Promise<readonly Pair[]> {
  const all = reached.flatMap((source) =>
    reached
      .filter((target) => target !== source && target.info.product === source.info.product)
      .map((target) => [source, target] as const),
  );
  const wanted =
    all.length <= mostPairs
      ? all
      : all
          .filter(([source, target]) => source.instance.name === from || target.instance.name === to)
          .slice(0, mostPairs);
  const pairs: Pair[] = [];
  // One after the other: a pair may ask both of its servers.
  for (const [source, target] of wanted) pairs.push(await compare(source, target, signal));
  return pairs;
}

async function compare(source: Reached, target: Reached, signal: AbortSignal): Promise<Pair> {
  const found = {
    from: source.instance.name,
    to: target.instance.name,
    product: source.info.product,
    versions: [source.info.version, target.info.version] as const,
  };
  try {
    return { ...found, ...(await wayOf(source, target, signal)) };
  } catch (error) {
    if (!isMigratorError(error) || error.code === 'CANCELLED') throw error;
    return { ...found, way: undefined, obstacles: [error.message] };
  }
}

async function wayOf(source: Reached, target: Reached, signal: AbortSignal): Promise<Pick<Pair, 'way' | 'obstacles'>> {
  const { exports, moves, ways } = source.instance.adapter;
  if (ways !== undefined) {
    const looks = await waysBetween([source, target], signal);
    const open = looks.find(({ obstacles }) => obstacles.length === 0);
    const against = looks.filter((look) => look !== open && look.obstacles.length > 0);
    return {
      way: open && `by ${open.title}`,
      obstacles: against.map(({ title, obstacles }) => `not by ${title}: ${obstacles.join('; ')}`),
    };
  }
  const version = source.instance.adapter.versionObstacle(source.info.version, target.info);
  if (version !== undefined) return { way: undefined, obstacles: [version] };
  const peer = { name: target.instance.name, adapter: target.instance.adapter };
  const reaches = moves === undefined ? 'no' : await moves.reaches(peer, target.info, signal);
  if (reaches === true) return { way: 'between the servers', obstacles: [] };
  const lacks = [
    ...(exports === undefined ? [`${source.instance.name} cannot export`] : []),
    ...(target.imports ? [] : [`${target.instance.name} cannot import`]),
  ];
  if (lacks.length > 0) return { way: undefined, obstacles: lacks };
  return {
    way: 'by export and import, through this machine',
    obstacles: reaches === 'no' ? [] : [`not between the servers: ${reaches}`],
  };
}

/** Pairs of which the same is to be said, in one line: `lab → prod, lab → next: …`. */
export function describePairs(pairs: readonly Pair[]): readonly { readonly moves: boolean; readonly text: string }[] {
  const groups = new Map<string, { readonly moves: boolean; readonly names: string[] }>();
  for (const pair of pairs) {
    const told = describePair(pair);
    const group = groups.get(told) ?? { moves: pair.way !== undefined, names: [] };
    group.names.push(`${pair.from} → ${pair.to}`);
    groups.set(told, group);
  }
  return [...groups].map(([told, { moves, names }]) => ({ moves, text: `${names.join(', ')}: ${told}` }));
}

function describePair({ versions: [own, other], way, obstacles }: Pair): string {
  const versions = own === other ? `both ${own}` : `${own} to ${other}`;
  // What speaks against the other ways is in the JSON.
  if (way !== undefined) return `${versions}; projects move ${way}`;
  return `${versions}; nothing moves (${obstacles.join('. ')})`;
}
