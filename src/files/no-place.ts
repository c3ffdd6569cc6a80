import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { MigratorError, type MigratorErrorInit } from '../errors.ts';
import { systemCode } from './local-error.ts';

/**
 * Why nothing can be made at `path`, after a system call said ENOENT or ENOTDIR: the folder is missing, it is a file, or
 * it takes no files, as /proc does. USAGE.
 */
export function noPlace(path: string, init: MigratorErrorInit): MigratorError {
  const folder = dirname(path);
  const [nearest, isFolder] = firstThere(folder);
  if (isFolder && nearest !== folder) return new MigratorError('USAGE', `the folder "${folder}" does not exist`, init);
  const message = isFolder
    ? `nothing can be created in the folder "${folder}"`
    : `"${nearest}" is a file, not a folder`;
  return new MigratorError('USAGE', message, { ...init, hint: 'choose another place' });
}

/** The folder itself, or what is there of the path to it, and whether that is a folder. */
function firstThere(folder: string): [path: string, isFolder: boolean] {
  try {
    return [folder, statSync(folder).isDirectory()];
  } catch (error) {
    const code = systemCode(error);
    const above = dirname(folder);
    return above === folder || (code !== 'ENOENT' && code !== 'ENOTDIR') ? [above, true] : firstThere(above);
  }
}
