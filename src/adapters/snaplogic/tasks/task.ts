import { isMigratorError, MigratorError } from '../../../errors.ts';
import type { Json } from '../../../ports/journal.ts';
import { inParallel } from '../../../streams/in-parallel.ts';
import type { Server } from '../server.ts';
import { segmentsOf, type ProjectPath } from '../wire/paths.ts';
import type { Entry, Snaplex, StoredAsset } from '../wire/schemas.ts';

/** What matters of a task in another environment. */
export interface Task {
  readonly name: string;
  /** Undefined when the document does not say. */
  readonly enabled: boolean | undefined;
  readonly scheduled: boolean;
  /** The runtime path id of its Snaplex: `org/rt/cloud/dev`. */
  readonly snaplex: string | undefined;
}

const atOnce = 6;

/** The tasks of these names in a project. */
export async function tasksNamed(
  server: Server,
  path: ProjectPath,
  names: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<readonly Task[]> {
  if (names.size === 0) return [];
  const { entries } = await server.client.list(segmentsOf(path), signal);
  return tasksOf(
    server,
    entries.filter(({ name }) => names.has(name)),
    signal,
  );
}

/** The tasks among these entries. */
export async function tasksOf(
  server: Server,
  entries: readonly Entry[],
  signal: AbortSignal,
): Promise<readonly Task[]> {
  const jobs = entries.filter(({ asset_type: type, snode_id: id }) => type === 'Job' && id !== undefined);
  const tasks: Task[] = [];
  for await (const task of inParallel(jobs, atOnce, async ({ name, snode_id: id = '' }) =>
    taskOf(name, await server.client.task(id, signal)),
  )) {
    tasks.push(task);
  }
  return tasks;
}

/** The sources show the Snaplex of a task at the top, or among its parameters. */
export function taskOf(name: string, document: StoredAsset): Task {
  const { enabled, schedule, parameters } = document;
  const inner = typeof parameters === 'object' && parameters !== null && !Array.isArray(parameters) ? parameters : {};
  const snaplex = document['runtime_path_id'] ?? inner['runtime_path_id'];
  return {
    name,
    enabled: typeof enabled === 'boolean' ? enabled : undefined,
    scheduled: isHeld(schedule),
    snaplex: typeof snaplex === 'string' && snaplex !== '' ? snaplex : undefined,
  };
}

function isHeld(value: Json | undefined): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

/** Undefined when the control plane does not show the Snaplexes of the org to this account. */
export async function snaplexesOf(
  { client, tools }: Server,
  org: string,
  signal: AbortSignal,
): Promise<readonly Snaplex[] | undefined> {
  try {
    return await client.snaplexes(org, signal);
  } catch (error) {
    if (!isMigratorError(error, 'AUTH_REFUSED', 'NOT_FOUND', 'REMOTE_UNEXPECTED')) throw error;
    tools.debug(`the Snaplexes of ${org} are not shown: ${error.message}`);
    return undefined;
  }
}

/** Whether a word means the Snaplex of this runtime path id: the id, its part behind the org, or the last one. */
export function means(word: string, id: string): boolean {
  const [, ...parts] = id.split('/');
  return word === id || word === parts.join('/') || word === parts.at(-1);
}

/** The runtime path id that a word means in an org. NOT_FOUND names the Snaplexes that there are. */
export function resolved(word: string, org: string, known: readonly Snaplex[] | undefined): string {
  const found = known?.filter(({ label, runtime_path_id: id }) => label === word || means(word, id)) ?? [];
  const [first, ...others] = found;
  if (first !== undefined && others.length === 0) return first.runtime_path_id;
  const shown = (list: readonly Snaplex[]) =>
    list.map(({ label, runtime_path_id: id }) => `${label ?? id} (${id})`).join(', ');
  if (others.length > 0) {
    throw new MigratorError('USAGE', `--task-snaplex: more than one Snaplex of ${org} is called ${word}`, {
      hint: `give its id: ${shown(found)}`,
    });
  }
  if (known === undefined) {
    if (word.split('/').length > 2) return word;
    throw new MigratorError('NOT_FOUND', `the Snaplexes of ${org} are not shown to this account`, {
      hint: `give the whole runtime path id, such as ${org}/rt/cloud/dev`,
    });
  }
  throw new MigratorError('NOT_FOUND', `there is no Snaplex ${word} in ${org}`, {
    hint: known.length === 0 ? `${org} has none` : `it has ${shown(known)}; names are case-sensitive`,
    details: { missing: [word] },
  });
}
