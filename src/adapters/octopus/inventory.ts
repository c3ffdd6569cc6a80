import { MigratorError } from '../../errors.ts';
import type { Inventory, InventoryItem } from '../../ports/adapter.ts';
import { match } from './names.ts';
import type { Server, Space } from './server.ts';
import type { ProjectResource } from './wire/schemas.ts';

/** What a space holds, under the names of its links and the documented paths. */
const collections: Readonly<Record<string, { readonly link: string; readonly path: string }>> = {
  project: { link: 'Projects', path: 'projects' },
  'project-group': { link: 'ProjectGroups', path: 'projectgroups' },
  environment: { link: 'Environments', path: 'environments' },
  lifecycle: { link: 'Lifecycles', path: 'lifecycles' },
  'variable-set': { link: 'LibraryVariables', path: 'libraryvariablesets' },
  tenant: { link: 'Tenants', path: 'tenants' },
  machine: { link: 'Machines', path: 'machines' },
  certificate: { link: 'Certificates', path: 'certificates' },
  account: { link: 'Accounts', path: 'accounts' },
};

const kinds = [...Object.keys(collections), 'space'];

export function createInventory(server: Server): Inventory {
  return {
    kinds,
    list: (kind, signal) => {
      if (kind === 'space') return spaces(server, signal);
      const collection = collections[kind];
      if (collection !== undefined) return documents(server, kind, collection, signal);
      throw new MigratorError('USAGE', `Octopus Deploy has no inventory of ${kind}`, {
        hint: `it knows ${kinds.join(', ')}`,
      });
    },
  };
}

async function* documents(
  server: Server,
  kind: string,
  collection: { readonly link: string; readonly path: string },
  signal: AbortSignal,
): AsyncIterable<InventoryItem> {
  const space = await server.space(signal);
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

/** All wanted projects, or one NOT_FOUND that names every one that is missing. USAGE when a name fits several. */
export async function selectProjects(
  server: Server,
  space: Space,
  wanted: readonly string[],
  signal: AbortSignal,
): Promise<Selection> {
  if (wanted.length === 0) {
    throw new MigratorError('USAGE', 'no project was named', { hint: 'name at least one with --project' });
  }
  const all: ProjectResource[] = [];
  for await (const project of server.client.projects(space, signal)) all.push(project);
  const results = wanted.map((name) => ({ name, result: match(all, name) }));

  const unclear = results.flatMap(({ name, result }) =>
    result.found === undefined && result.candidates.length > 0 ? [{ name, candidates: result.candidates }] : [],
  );
  if (unclear[0] !== undefined) {
    const { name, candidates } = unclear[0];
    throw new MigratorError('USAGE', `more than one project could be meant by ${name}`, {
      hint: `name it by its id: ${candidates.map(({ Id, Name }) => `${Id} (${Name})`).join(', ')}`,
      details: { ambiguous: unclear.map((entry) => entry.name) },
    });
  }
  const missing = results.filter(({ result }) => result.found === undefined);
  if (missing.length > 0)
    throw notFound(
      missing.map(({ name }) => name),
      missing.flatMap(({ result }) => nearestOf(result)),
      space,
    );

  const chosen = new Map<string, string>();
  const notes: string[] = [];
  for (const { name, result } of results) {
    if (result.found === undefined) continue;
    if (chosen.has(result.found.Id)) notes.push(`project ${result.found.Name} was named more than once`);
    else if (result.note !== undefined) notes.push(result.note);
    if (result.found.IsDisabled) notes.push(`project ${name} is disabled`);
    chosen.set(result.found.Id, result.found.Name);
  }
  return { projects: [...chosen].map(([id, name]) => ({ id, name })), notes };
}

function nearestOf(result: ReturnType<typeof match>): readonly string[] {
  return 'nearest' in result ? result.nearest : [];
}

function notFound(missing: readonly string[], nearest: readonly string[], space: Space): MigratorError {
  const place = space.name === undefined ? '' : ` in space ${space.name}`;
  const what = missing.length === 1 ? 'there is no project' : 'there are no projects';
  return new MigratorError('NOT_FOUND', `${what} ${missing.join(', ')}${place}`, {
    hint:
      nearest.length > 0
        ? `did you mean ${[...new Set(nearest)].join(', ')}?`
        : 'project names are compared whole; `space` of the instance says where they are looked for',
    details: { missing },
  });
}
