import { MigratorError } from '../../errors.ts';
import { nearest } from '../../nearest.ts';
import type { Reporter } from '../../ports/reporter.ts';
import type { Instance } from '../instance.ts';
import { requireProjectNames } from '../operation.ts';
import { compareContent, type CompareInput, type Verified } from '../steps/counterpart.ts';
import { probeBoth, requireSameProduct } from '../steps/preflight.ts';

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
    throw await nothingOf(input.projects, source, target, signal);
  }
  return { outcome: differences.length === 0 ? 'done' : 'partial', equal, differences, blind };
}

/** Names the projects, and of one that is misspelt the nearest name. */
async function nothingOf(
  projects: readonly string[],
  source: Instance,
  target: Instance,
  signal: AbortSignal,
): Promise<MigratorError> {
  const { inventory } = source.adapter;
  const names: string[] = [];
  if (inventory.kinds.includes('project'))
    for await (const { name } of inventory.list('project', signal)) names.push(name);
  const near = projects.map((name) => nearest(name, names)).find((name) => name !== undefined);
  const listed = `"migrator inventory --from ${source.name}" lists what it has`;
  return new MigratorError(
    'NOT_FOUND',
    `neither ${source.name} nor ${target.name} has ${projects.length > 0 ? projects.join(', ') : 'anything to compare'}`,
    { hint: near === undefined ? listed : `did you mean ${near}? ${listed}`, details: { projects } },
  );
}
