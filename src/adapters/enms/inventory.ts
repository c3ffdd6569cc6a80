import { MigratorError } from '../../errors.ts';
import { wordHint } from '../../nearest.ts';
import type { Inventory, InventoryItem } from '../../ports/adapter.ts';
import { parseFolderName } from './migration/folder-name.ts';
import { isType, types, type Type } from './model/types-and-relations.ts';
import type { Server } from './server.ts';

const kinds = ['project', ...types];

/** Projects, which are folders of migration files, and the objects of each type. */
export function createInventory(server: Server): Inventory {
  return {
    kinds,
    list: (kind, signal) => {
      if (kind === 'project') return projects(server, signal);
      if (isType(kind)) return objects(server, kind, signal);
      throw new MigratorError('USAGE', `eNMS has no inventory of ${kind}`, { hint: wordHint(kind, kinds) });
    },
  };
}

async function* projects(server: Server, signal: AbortSignal): AsyncIterable<InventoryItem> {
  const newest = new Map<string, Date | undefined>();
  for (const folder of await foldersOf(server, signal)) {
    const own = parseFolderName(folder);
    const name = own?.project ?? folder;
    const known = newest.get(name);
    newest.set(name, own !== undefined && (known === undefined || own.at > known) ? own.at : known);
  }
  for (const [name, at] of newest) yield { kind: 'project', id: name, name, modifiedAt: at?.toISOString() };
}

/**
 * The folders on the server's disk, from the web interface. An instance that works without it (`via: rest`) has the
 * folders in the database, where a folder may be missing.
 */
async function foldersOf({ web, rest, via }: Server, signal: AbortSignal): Promise<readonly string[]> {
  if (via === 'web') return web.folders(signal);
  const folders: string[] = [];
  for await (const { path } of rest.search('folder', ['path'], signal)) {
    const name = typeof path === 'string' ? /^\/migrations\/([^/]+)$/.exec(path)?.[1] : undefined;
    if (name !== undefined) folders.push(name);
  }
  return folders;
}

async function* objects({ rest }: Server, type: Type, signal: AbortSignal): AsyncIterable<InventoryItem> {
  for await (const { name } of rest.search(type, ['name'], signal)) {
    if (typeof name === 'string') yield { kind: type, id: name, name };
  }
}
