import { productOptions } from '../../../adapters/index.ts';
import { isMigratorError } from '../../../errors.ts';
import type { Entry } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { pages } from '../../help/pages.ts';
import { knownNames } from '../../state/known-names.ts';
import type { NameKind } from './tree.ts';

/** The names of a kind, from files of this machine alone: no server is called when a user presses Tab. */
export async function namesFor(kind: NameKind, table: readonly Entry[], context: Context): Promise<readonly string[]> {
  switch (kind) {
    case 'instance':
      return instanceNames(context);
    case 'project':
      return distinct(await cached(context), ({ projects }) => projects);
    case 'kind':
      return distinct([{ kinds: ['project'] }, ...(await cached(context))], ({ kinds }) => kinds);
    case 'handle':
      return handles(context);
    case 'product':
      return productOptions.map(({ product }) => product);
    case 'schema':
      return schemas(table);
    case 'page':
      return [...table.map(({ name }) => name), ...(await pages()).map(({ name }) => name), 'topics'];
  }
}

/** What is wrong with a file gives no names: an error would disturb a user who presses Tab. */
async function instanceNames(context: Context): Promise<readonly string[]> {
  try {
    return Object.keys((await context.config()).instances);
  } catch (error) {
    if (isMigratorError(error)) return [];
    throw error;
  }
}

const cached = async (context: Context) => knownNames(context.io, await instanceNames(context));

function distinct<Item>(items: readonly Item[], of: (item: Item) => readonly string[]): readonly string[] {
  return [...new Set(items.flatMap((item) => of(item)))];
}

/** The jobs of this machine, the newest first. */
async function handles(context: Context): Promise<readonly string[]> {
  try {
    const records = await (await context.journal()).list();
    const byAge = [...records].sort((one, other) => other.startedAt.localeCompare(one.startedAt));
    return distinct(byAge, ({ jobs }) => [...jobs].reverse());
  } catch (error) {
    if (isMigratorError(error)) return [];
    throw error;
  }
}

/** What `config schema` takes. */
async function schemas(table: readonly Entry[]): Promise<readonly string[]> {
  const names = ['config', 'manifest', 'progress', 'list', 'error', 'report'];
  for (const { documents } of table) names.push(...Object.keys((await documents?.()) ?? {}));
  return names;
}
