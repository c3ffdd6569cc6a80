import { MigratorError } from '../../errors.ts';
import type { Options } from '../../ports/options.ts';
import type { Reporter } from '../../ports/reporter.ts';
import type { Instance } from '../instance.ts';
import { compare, type Comparison } from '../snapshots/compare.ts';
import { digested, recorded, type RecordLine } from '../snapshots/package-record.ts';
import { held, type Held, take } from '../snapshots/snapshot-lookup.ts';
import { onWay } from './settle-way.ts';

export interface CompareInput {
  readonly projects: readonly string[];
  readonly exportOptions: Options;
  readonly importOptions: Options;
  /** The way of the move, for products with several: what travels, and how it is named, goes by it. */
  readonly via?: string | undefined;
}

export interface Verified extends Omit<Comparison, 'same'> {
  /** What such a comparison cannot see. */
  readonly blind: readonly string[];
}

/**
 * What a target is compared with: the same projects on another instance, or what a package recorded at its export. Plain
 * data, so that a later process can compare too.
 */
export type Counterpart = CompareInput & ({ readonly from: string } | { readonly record: readonly RecordLine[] });

/** Opens an instance by its name. */
export type Opening = (name: string) => Promise<Instance>;

/** Compares the target with its counterpart. */
export async function compareWith(
  counterpart: Counterpart,
  target: Instance,
  { open, reporter }: { readonly open: Opening; readonly reporter: Reporter },
  signal: AbortSignal,
): Promise<Comparison> {
  if ('from' in counterpart)
    return compareContent(counterpart, { source: await open(counterpart.from), target, reporter }, signal);
  const { projects, exportOptions, via } = counterpart;
  const side = onWay(target, via);
  const scope = await side.adapter.snapshots?.scopeOf(projects, exportOptions, signal);
  return compare(recorded(counterpart.record), digested((await take(side, scope, 'content', signal)) ?? held([])));
}

/** Takes the content of both sides, side by side, and compares it. UNSUPPORTED without snapshots. */
export async function compareContent(
  { projects, exportOptions, importOptions, via }: CompareInput,
  { source, target, reporter }: { readonly source: Instance; readonly target: Instance; readonly reporter: Reporter },
  signal: AbortSignal,
): Promise<Verified & Comparison> {
  reporter.report({ type: 'phase', name: 'compare', subject: `${source.name} with ${target.name}` });
  const look = async (side: Instance, options: Options): Promise<Held> => {
    const instance = onWay(side, via);
    const { snapshots, product } = instance.adapter;
    const items = await take(instance, await snapshots?.scopeOf(projects, options, signal), 'content', signal);
    if (items !== undefined) return items;
    throw new MigratorError('UNSUPPORTED', `migrator cannot look into the projects of ${instance.name} (${product})`, {
      hint: `compare the lists of objects: migrator inventory --from ${instance.name}`,
    });
  };
  const [from, to] = await Promise.all([
    look(source, exportOptions),
    look(target, { ...exportOptions, ...importOptions }),
  ]);
  const { blind, uncarried = [] } = onWay(source, via).adapter.snapshots ?? {};
  const told = uncarried.map((field) => `no migration carries ${field}`);
  return { ...compare(from, to, uncarried), blind: [...(blind?.content ?? []), ...told] };
}
