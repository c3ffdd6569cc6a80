import { readdir } from 'node:fs/promises';
import { basename, isAbsolute, join, resolve } from 'node:path';
import { MigratorError } from '../../errors.ts';

/** Whether an entry of `adapters` is the path of a file. All others are names of packages. */
export const isAdapterFile = (name: string): boolean => name.startsWith('.') || isAbsolute(name);

/** CONFIG_INVALID for an entry of `adapters` that names a folder: Node imports files only. */
export async function refuseFolder(name: string, directory: string): Promise<void> {
  if (!isAdapterFile(name)) return;
  const path = resolve(directory, name);
  const files = await readdir(path).catch(() => undefined);
  if (files === undefined) return;
  // The file that `adapter new` writes has the name of its folder.
  const modules = files.filter((file) => /(?<!\.test)\.[cm]?js$/u.test(file)).sort();
  const meant = modules.find((file) => file.replace(/\.[cm]?js$/u, '') === basename(path)) ?? modules[0];
  const shown = meant === undefined ? undefined : join(name, meant).replaceAll('\\', '/');
  throw new MigratorError('CONFIG_INVALID', `the adapter "${name}" is a folder`, {
    hint:
      shown === undefined
        ? 'name the file of the adapter'
        : `name its file: ${name.startsWith('.') && !shown.startsWith('.') ? './' : ''}${shown}`,
  });
}
