import { MigratorError } from '../../errors.ts';
import type { Options } from '../../ports/options.ts';
import type { Reporter } from '../../ports/reporter.ts';
import type { Instance } from '../instance.ts';
import { requireProjectNames } from '../operation.ts';
import { compare, type Comparison } from '../snapshots/compare.ts';
import { type Held, take } from '../snapshots/snapshot-lookup.ts';
import { probeBoth, requireSameProduct } from '../steps/preflight.ts';

export interface CompareInput {
  readonly projects: readonly string[];
  readonly exportOptions: Options;
  readonly importOptions: Options;
}

export interface Verified extends Omit<Comparison, 'same'> {
  /** What such a comparison cannot see. */
  readonly blind: readonly string[];
}

export interface CompareReport extends Verified {
  readonly outcome: 'done' | 'partial';
}

interface CompareSides {
  readonly source: Instance;
  readonly target: Instance;
  readonly reporter: Reporter;
}

/** Compares what projects consist of on two instances, after a first call to both. Partial when they differ. */
export async function compareProjects(
  input: CompareInput,
  sides: CompareSides,
  signal: AbortSignal,
): Promise<CompareReport> {
  const { source, target, reporter } = sides;
  requireProjectNames(input.projects, source.adapter, 'give --project <name>, once for each');
  requireSameProduct(source, target);
  await probeBoth(source, target, reporter, signal);
  const { equal, differences, blind } = await compareContent(input, sides, signal);
  if (equal === 0 && differences.length === 0) {
    throw new MigratorError('NOT_FOUND', `neither ${source.name} nor ${target.name} has anything to compare`, {
      hint: 'see what an instance has with: migrator inventory --from <instance>',
    });
  }
  return { outcome: differences.length === 0 ? 'done' : 'partial', equal, differences, blind };
}

/** Takes the content of both sides, side by side, and compares it. UNSUPPORTED without snapshots. */
export async function compareContent(
  { projects, exportOptions, importOptions }: CompareInput,
  { source, target, reporter }: CompareSides,
  signal: AbortSignal,
): Promise<Verified & Comparison> {
  reporter.report({ type: 'phase', name: 'compare', subject: `${source.name} with ${target.name}` });
  const look = async (instance: Instance, options: Options): Promise<Held> => {
    const { snapshots, product } = instance.adapter;
    const items = await take(instance, await snapshots?.scopeOf(projects, options, signal), 'content', signal);
    if (items !== undefined) return items;
    throw new MigratorError('UNSUPPORTED', `migrator cannot look into the projects of ${instance.name} (${product})`, {
      hint: 'compare the lists of objects: migrator inventory --from <instance>',
    });
  };
  const [from, to] = await Promise.all([
    look(source, exportOptions),
    look(target, { ...exportOptions, ...importOptions }),
  ]);
  const { blind, uncarried = [] } = source.adapter.snapshots ?? {};
  const told = uncarried.map((field) => `no migration carries ${field}`);
  return { ...compare(from, to, uncarried), blind: [...(blind?.content ?? []), ...told] };
}
