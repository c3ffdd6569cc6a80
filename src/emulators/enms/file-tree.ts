// The server's own disk, below the instance's directory: files/ with migrations and spreadsheets.
import { join, posix } from 'node:path';
import type { Instance } from './instance.ts';

/**
 * A path of the server's disk as a path of this machine. What climbs above the application's folder stays in the
 * instance's directory: an emulator does not write anywhere else.
 */
const onDisk = (instance: Instance, path: string): string => join(instance.directory, posix.normalize(`/${path}`));

/** A path below files/, as rows of files have it: `/migrations/p`. */
export const filePath = (instance: Instance, path: string): string => onDisk(instance, `files/${path}`);

/** True for a path that does not leave files/. */
export function isInsideFiles(path: string): boolean {
  const normal = posix.normalize(`files/${path}`);
  return normal === 'files' || normal === 'files/' || normal.startsWith('files/');
}

/** A migration project's folder; its name is used as a path. */
export const projectPath = (instance: Instance, name: string, folder = 'migrations'): string =>
  filePath(instance, `${folder}/${name}`);
