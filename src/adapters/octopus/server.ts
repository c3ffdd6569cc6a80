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
  readonly notes: readonly string[];
}

/**
 * One server as one connection sees it. The root document and the space are read once and kept. A probe reads the root
 * document again.
 */
export interface Server {
  readonly client: Client;
  root(signal: AbortSignal, age?: 'fresh'): Promise<Root>;
  space(signal: AbortSignal): Promise<Space>;
}

export function connectTo(client: Client, wantedSpace: string | undefined): Server {
  let root: Root | undefined;
  let space: Space | undefined;
  const server: Server = {
    client,
    root: async (signal, age) => {
      if (root === undefined || age === 'fresh') root = await readRoot(client, signal);
      return root;
    },
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
  const plain: Space = { id: undefined, name: undefined, links: root.links, prefix: 'api', notes: [] };
  if (!root.links.has('spaces')) {
    if (wanted === undefined) return plain;
    throw new MigratorError('UNSUPPORTED', `this server has no spaces, so there is no space ${wanted}`, {
      hint: 'take `space` out of the instance; spaces came with Octopus Deploy 2019.1',
    });
  }
  const found = await pickSpace(server, root, wanted, signal);
  if (found === undefined) return plain;
  const { id, name, notes } = found;
  const links = await server.client.spaceLinks(root.links, id, signal);
  return { id, name, links, prefix: `api/${id}`, notes };
}

async function pickSpace(
  { client }: Server,
  root: Root,
  wanted: string | undefined,
  signal: AbortSignal,
): Promise<{ readonly id: string; readonly name: string; readonly notes: readonly string[] } | undefined> {
  const spaces: { readonly id: string; readonly name: string; readonly isDefault: boolean }[] = [];
  try {
    for await (const { Id, Name, IsDefault } of client.spaces(root.links, signal))
      spaces.push({ id: Id, name: Name, isDefault: IsDefault });
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
