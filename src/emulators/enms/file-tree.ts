// The disk of the server, below the instance's directory: files/ with migrations and spreadsheets.
import { join, posix } from 'node:path';
import type { Instance } from './instance.ts';

/**
 * Turns a path on the server's disk into a path on this machine. A path that leads out of the application's folder is
 * kept inside the instance's directory: an emulator writes nowhere else.
 */
const onDisk = (instance: Instance, path: string): string => join(instance.directory, posix.normalize(`/${path}`));

/** The same for a path below files/, as rows of files have it: `/migrations/p`. */
export const filePath = (instance: Instance, path: string): string => onDisk(instance, `files/${path}`);

/** True for a path that stays inside files/. */
export function isInsideFiles(path: string): boolean {
  const normal = posix.normalize(`files/${path}`);
  return normal === 'files' || normal === 'files/' || normal.startsWith('files/');
}

/** The folder of a migration project. The product uses the project's name as a path. */
export const projectPath = (instance: Instance, name: string, folder = 'migrations'): string =>
  filePath(instance, `${folder}/${name}`);
