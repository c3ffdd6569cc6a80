import { productOptions } from '../../../adapters/index.ts';
import { isMigratorError } from '../../../errors.ts';
import type { RunRecord } from '../../../ports/journal.ts';
import type { Entry } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { pages } from '../../help/pages.ts';
import { listTrusted } from '../../keys/trusted-keys.ts';
import { knownNames } from '../../state/known-names.ts';
import { runsHere } from '../runs-here.ts';
import type { NameKind } from './tree.ts';
import type { Typed } from './typed.ts';

/** The names of a kind, from files of this machine alone: no server is called when a user presses Tab. */
export async function namesFor(
  kind: NameKind,
  typed: Typed,
  table: readonly Entry[],
  context: Context,
): Promise<readonly string[]> {
  try {
    return await namesOf(kind, typed, table, context);
  } catch (error) {
    // What is wrong with a file gives no names: an error would disturb a user who presses Tab.
    if (isMigratorError(error)) return [];
    throw error;
  }
}

async function namesOf(
  kind: NameKind,
  typed: Typed,
  table: readonly Entry[],
  context: Context,
): Promise<readonly string[]> {
  switch (kind) {
    case 'instance':
      return Object.keys((await context.config()).instances);
    case 'project':
      return distinct(await cached(typed, context), ({ projects }) => projects);
    case 'package':
      return distinct(await cached(typed, context), ({ packages }) => packages);
    case 'kind':
      return distinct([{ kinds: ['project'] }, ...(await cached(typed, context))], ({ kinds }) => kinds);
    case 'handle':
      return distinct(await newest(context), ({ jobs }) => [...jobs].reverse());
    case 'export':
      return distinct(await newest(context), exportsOf);
    case 'product':
      return productOptions.map(({ product }) => product);
    case 'schema':
      return schemas(table);
    case 'signer':
      return (await listTrusted(context.io)).map(({ name }) => name);
    case 'way':
      return ways(typed, context);
    case 'page':
      return typed.helped.length > 0
        ? below(typed.helped, table)
        : [...table.map(({ name }) => name), ...(await pages()).map(({ name }) => name), 'topics'];
  }
}

/** What listings of the source showed, or of every instance when the line names none. */
async function cached({ from: typed }: Typed, context: Context) {
  const [{ instancesOf }, { defaults }] = await Promise.all([import('../../servers/instances.ts'), context.config()]);
  const variable = context.io.env['MIGRATOR_FROM'] ?? '';
  const from = typed ?? (variable === '' ? defaults['from'] : variable);
  const places = [...(await (await instancesOf(context)).places())];
  return knownNames(
    context.io,
    places.filter(([name]) => from === undefined || name === from).map(([name, place]) => ({ name, place })),
  );
}

function distinct<Item>(items: readonly Item[], of: (item: Item) => readonly string[]): readonly string[] {
  return [...new Set(items.flatMap((item) => of(item)))];
}

/** The runs of this machine on servers of this rc file, the newest first. */
async function newest(context: Context): Promise<readonly RunRecord[]> {
  const { ours } = await runsHere(context);
  return [...ours].sort((one, other) => other.startedAt.localeCompare(one.startedAt));
}

function exportsOf({ verb, jobs, facts }: RunRecord): readonly string[] {
  if (verb === 'partial-export') return [...jobs].reverse();
  return typeof facts['export.job'] === 'string' ? jobs.slice(0, 1) : [];
}

/** The ways of the instances that the line names, or of all. */
async function ways({ from, to }: Typed, context: Context): Promise<readonly string[]> {
  const all = Object.values((await context.config()).instances);
  const named = all.filter(({ name }) => name === from || name === to);
  const products = (named.length > 0 ? named : all).map(({ product }) => product);
  return distinct(
    productOptions.filter(({ product }) => products.length === 0 || products.includes(product)),
    ({ options }) => options.find(({ name }) => name === 'via')?.choices ?? [],
  );
}

/** The commands below these words. */
function below(words: readonly string[], table: readonly Entry[]): readonly string[] {
  const commands = words.reduce<readonly Entry[]>(
    (entries, word) => entries.find(({ name }) => name === word)?.commands ?? [],
    table,
  );
  return commands.map(({ name }) => name);
}

/** What `config schema` takes. */
async function schemas(table: readonly Entry[]): Promise<readonly string[]> {
  const names = ['config', 'manifest', 'progress', 'list', 'error', 'report'];
  for (const { documents } of table) names.push(...Object.keys((await documents?.()) ?? {}));
  return names;
}
