// Rows for files and folders on disk. On a real server a watcher makes them within about a second.
import { readdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { filePath, isInsideFiles } from './file-tree.ts';
import { pythonTime, type Instance } from './instance.ts';
import type { Item } from './objects.ts';
import { reference, relatedItems } from './serialize.ts';
import { fileName, setRelation, writeColumns } from './write-object.ts';

function rowOf(instance: Instance, path: string, isFolder: boolean): Item {
  const existing = instance.objects.find('file', fileName(path));
  const modified = pythonTime(statSync(filePath(instance, path)).mtime);
  const given = { path, last_modified: modified, last_updated: pythonTime(), status: 'Updated' };
  const type = existing?.type ?? (isFolder ? 'folder' : 'file');
  return writeColumns(instance, type, given, { caller: undefined }).item;
}

function attach(instance: Instance, item: Item, path: string): void {
  const parent = dirname(path);
  const folder = parent === '/' ? undefined : instance.objects.find('file', fileName(parent));
  if (folder?.type === 'folder') setRelation(instance, item, reference(item, 'folder'), [folder]);
}

function scan(instance: Instance, path: string): void {
  if (path !== '/') attach(instance, rowOf(instance, path, true), path);
  for (const entry of readdirSync(filePath(instance, path), { withFileTypes: true })) {
    const inside = path === '/' ? `/${entry.name}` : `${path}/${entry.name}`;
    if (entry.isDirectory()) scan(instance, inside);
    else attach(instance, rowOf(instance, inside, false), inside);
  }
}

/** Makes rows for a folder below files/ and for all in it. Fails when the folder is missing. */
export function scanFolder(instance: Instance, path: string): void {
  instance.objects.atomically(() => scan(instance, path));
}

/** The server forgets a folder that it has given out, with all rows below it. The folder stays on the disk. */
export function forgetFolder(instance: Instance, path: string): void {
  const forget = (item: Item): void => {
    if (item.type === 'folder') for (const inside of relatedItems(instance, item, 'files')) forget(inside);
    instance.objects.remove(item.place);
  };
  const folder = instance.objects.find('file', fileName(path));
  if (folder?.type === 'folder') instance.objects.atomically(() => forget(folder));
}

/** What the watcher does: later, or at once when the pace is 0. */
export async function scanSoon(instance: Instance, path: string): Promise<void> {
  if (!isInsideFiles(path)) return;
  const work = async () => {
    if (instance.pace > 0) await instance.pause(instance.pace);
    scanFolder(instance, path);
  };
  if (instance.pace > 0) void instance.background(work());
  else await work();
}
