import { MigratorError } from '../../errors.ts';
import { nearest } from '../../nearest.ts';
import type { InventoryItem } from '../../ports/adapter.ts';
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
  requireProjectNames(input.projects, source, 'give --project <name>, once for each');
  requireSameProduct(source, target);
  await probeBoth(source, target, reporter, signal);
  await requireKnown(input.projects, source, target, signal);
  const { equal, differences, blind } = await compareContent(input, sides, signal);
  if (equal === 0 && differences.length === 0) {
    throw nothingOf(input.projects, source, target, await projectsOn(source, signal));
  }
  return { outcome: differences.length === 0 ? 'done' : 'partial', equal, differences, blind };
}

/**
 * NOT_FOUND for names that neither side lists: a product that compares more than projects would tell of all the rest. A path is
 * left to the product, whose lists may hide what it can read.
 */
async function requireKnown(
  projects: readonly string[],
  source: Instance,
  target: Instance,
  signal: AbortSignal,
): Promise<void> {
  const names = projects.filter((name) => !name.startsWith('/'));
  if (names.length === 0) return;
  const there = await projectsOn(source, signal);
  const known = new Set(
    [...there, ...(await projectsOn(target, signal))].flatMap(({ id, name }) => [id, name].map(like)),
  );
  const missing = names.filter((name) => !known.has(like(name)));
  if (missing.length > 0) throw nothingOf(missing, source, target, there);
}

/** Products take a name in another case and with blanks around it. */
const like = (text: string): string => text.normalize('NFC').trim().toLowerCase();

async function projectsOn(
  { adapter: { inventory } }: Instance,
  signal: AbortSignal,
): Promise<readonly InventoryItem[]> {
  const items: InventoryItem[] = [];
  if (inventory.kinds.includes('project')) for await (const item of inventory.list('project', signal)) items.push(item);
  return items;
}

/** Names the projects, and of one that is misspelt the nearest name. */
function nothingOf(
  projects: readonly string[],
  source: Instance,
  target: Instance,
  there: readonly InventoryItem[],
): MigratorError {
  const names = there.map(({ name }) => name);
  const near = projects.map((name) => nearest(name, names)).find((name) => name !== undefined);
  const listed = `"migrator inventory --from ${source.name}" lists what it has`;
  return new MigratorError(
    'NOT_FOUND',
    `neither ${source.name} nor ${target.name} has ${projects.length > 0 ? projects.join(', ') : 'anything to compare'}`,
    { hint: near === undefined ? listed : `did you mean ${near}? ${listed}`, details: { projects } },
  );
}
