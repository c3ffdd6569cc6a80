import { MigratorError } from '../../errors.ts';
import { isForbidden } from '../shared/answers.ts';
import { matchByName, severalFit } from '../shared/match-by-name.ts';
import type { Client, SpacePaths } from './wire/client.ts';
import { linksOf, type Links } from './wire/links.ts';
import type { RootResource } from './wire/schemas.ts';

export interface Root {
  readonly resource: RootResource;
  readonly links: Links;
}

/**
 * The space that an instance works in. `id` is undefined on servers without spaces, and when the account may not list
 * them.
 */
export interface Space extends SpacePaths {
  readonly id: string | undefined;
  readonly name: string | undefined;
  readonly isQueueStopped: boolean;
  readonly notes: readonly string[];
}

/** One server as one connection sees it. The root document and the space are read once and kept. */
export interface Server {
  readonly client: Client;
  root(signal: AbortSignal): Promise<Root>;
  space(signal: AbortSignal): Promise<Space>;
}

export function connectTo(client: Client, wantedSpace: string | undefined): Server {
  let root: Root | undefined;
  let space: Space | undefined;
  const server: Server = {
    client,
    root: async (signal) => (root ??= await readRoot(client, signal)),
    space: async (signal) => (space ??= await readSpace(server, wantedSpace, signal)),
  };
  return server;
}

async function readRoot(client: Client, signal: AbortSignal): Promise<Root> {
  const resource = await client.root(signal);
  // The versions that the product's own clients accept.
  if (!/^3\.0\.\d+/.test(resource.ApiVersion)) {
    throw new MigratorError('UNSUPPORTED', `the server speaks API version ${resource.ApiVersion}, not 3.0`, {
      hint: 'migrator knows Octopus Deploy 2018.6 and later',
    });
  }
  return { resource, links: linksOf(resource.Links) };
}

async function readSpace(server: Server, wanted: string | undefined, signal: AbortSignal): Promise<Space> {
  const root = await server.root(signal);
  const plain: Space = {
    ...{ id: undefined, name: undefined, isQueueStopped: false },
    ...{ links: root.links, prefix: 'api', notes: [] },
  };
  if (!root.links.has('spaces')) {
    if (wanted === undefined) return plain;
    throw new MigratorError('UNSUPPORTED', `this server has no spaces, so there is no space ${wanted}`, {
      hint: 'take `space` out of the instance; spaces came with Octopus Deploy 2019.1',
    });
  }
  const found = await pickSpace(server, root, wanted, signal);
  if (found === undefined) return plain;
  const { id, name, isQueueStopped, notes } = found;
  // The root document has the links of the default space.
  const isRoots = root.links.get('projects')?.includes(`/${id}/`) === true;
  const links = isRoots ? root.links : await server.client.spaceLinks(root.links, id, signal);
  return { id, name, isQueueStopped, links, prefix: `api/${id}`, notes };
}

type Listed = Pick<Space, 'isQueueStopped'> & { readonly id: string; readonly name: string };

async function pickSpace(
  { client }: Server,
  root: Root,
  wanted: string | undefined,
  signal: AbortSignal,
): Promise<(Listed & { readonly notes: readonly string[] }) | undefined> {
  const spaces: (Listed & { readonly isDefault: boolean })[] = [];
  try {
    for await (const { Id, Name, IsDefault, TaskQueueStopped } of client.spaces(root.links, signal))
      spaces.push({ id: Id, name: Name, isDefault: IsDefault, isQueueStopped: TaskQueueStopped });
  } catch (error) {
    // Without the right to list spaces, the default space is still reached by the paths that name no space.
    if (wanted === undefined && isForbidden(error)) return undefined;
    throw error;
  }
  if (wanted === undefined) {
    const standard = spaces.find(({ isDefault }) => isDefault);
    return standard && { ...standard, notes: [] };
  }
  const result = matchByName(spaces, wanted);
  if (result.found !== undefined) return { ...result.found, notes: result.note === undefined ? [] : [result.note] };
  if (result.candidates.length > 0) throw severalFit('space', [wanted], result.candidates);
  const known = result.nearest.length > 0 ? result.nearest : spaces.slice(0, 5).map(({ name }) => name);
  throw new MigratorError('NOT_FOUND', `there is no space ${wanted}`, {
    hint: known.length === 0 ? 'the account may see no space at all' : `it has ${known.join(', ')}`,
    details: { missing: [wanted] },
  });
}
