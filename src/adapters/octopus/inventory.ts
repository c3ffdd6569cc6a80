import { MigratorError } from '../../errors.ts';
import { wordHint } from '../../nearest.ts';
import type { Inventory, InventoryItem } from '../../ports/adapter.ts';
import { didYouMean, matchByName, noProjects, severalFit } from '../shared/match-by-name.ts';
import type { Server, Space } from './server.ts';
import { offers, projects, sharedLists } from './snapshots/list-paths.ts';
import type { ListPath } from './wire/client.ts';

/** What a space holds. */
const collections: Readonly<Record<string, ListPath>> = Object.fromEntries(
  [
    ['project', projects] as const,
    ...['project-group', 'environment', 'lifecycle', 'variable-set', 'tenant', 'machine', 'certificate', 'account'].map(
      (kind) => [kind, sharedLists[kind]] as const,
    ),
  ].flatMap(([kind, list]) => (list === undefined ? [] : [[kind, list]])),
);

const kinds = [...Object.keys(collections), 'space'];

export function createInventory(server: Server): Inventory {
  return {
    kinds,
    list: (kind, signal) => {
      if (kind === 'space') return spaces(server, signal);
      const collection = collections[kind];
      if (collection !== undefined) return documents(server, kind, collection, signal);
      throw new MigratorError('USAGE', `Octopus Deploy has no inventory of ${kind}`, {
        hint: wordHint(kind, kinds),
      });
    },
  };
}

/** A kind that the links of the server do not name is not there on its release. Any other refusal is an error. */
async function* documents(
  server: Server,
  kind: string,
  collection: ListPath,
  signal: AbortSignal,
): AsyncIterable<InventoryItem> {
  const space = await server.space(signal);
  if (!offers(space.links, collection)) return;
  for await (const { Id, Name } of server.client.documents(space, collection, signal)) {
    yield { kind, id: Id, name: Name, container: space.name };
  }
}

async function* spaces(server: Server, signal: AbortSignal): AsyncIterable<InventoryItem> {
  const { links } = await server.root(signal);
  if (!links.has('spaces')) return;
  for await (const { Id, Name } of server.client.spaces(links, signal)) yield { kind: 'space', id: Id, name: Name };
}

export interface Selection {
  readonly projects: readonly { readonly id: string; readonly name: string }[];
  readonly notes: readonly string[];
}

/** All wanted projects. NOT_FOUND names every missing project at once; USAGE when a name fits several. */
export async function selectProjects(
  server: Server,
  space: Space,
  wanted: readonly string[],
  signal: AbortSignal,
): Promise<Selection> {
  if (wanted.length === 0) {
    throw new MigratorError('USAGE', 'no project was named', { hint: 'name at least one with --project' });
  }
  const all: { readonly id: string; readonly name: string; readonly isDisabled: boolean }[] = [];
  for await (const { Id, Name, IsDisabled } of server.client.projects(space, signal))
    all.push({ id: Id, name: Name, isDisabled: IsDisabled });
  const results = wanted.map((name) => ({ name, result: matchByName(all, name) }));

  const unclear = results.flatMap(({ name, result }) =>
    result.found === undefined && result.candidates.length > 0 ? [{ name, candidates: result.candidates }] : [],
  );
  if (unclear[0] !== undefined) {
    const names = unclear.map(({ name }) => name);
    throw severalFit('project', names, unclear[0].candidates);
  }
  const missing = results.flatMap(({ name, result }) =>
    result.found === undefined ? [{ name, nearest: result.nearest }] : [],
  );
  if (missing.length > 0) {
    const otherwise = 'project names are compared whole; `space` of the instance says where they are looked for';
    throw noProjects(
      missing.map(({ name }) => name),
      space.name === undefined ? '' : ` in space ${space.name}`,
      didYouMean(
        missing.flatMap(({ nearest }) => nearest),
        otherwise,
      ),
    );
  }

  const chosen = new Map<string, string>();
  const notes: string[] = [];
  for (const { name, result } of results) {
    if (result.found === undefined) continue;
    if (chosen.has(result.found.id)) notes.push(`project ${result.found.name} was named more than once`);
    else if (result.note !== undefined) notes.push(result.note);
    if (result.found.isDisabled) notes.push(`project ${name} is disabled`);
    chosen.set(result.found.id, result.found.name);
  }
  return { projects: [...chosen].map(([id, name]) => ({ id, name })), notes };
}
