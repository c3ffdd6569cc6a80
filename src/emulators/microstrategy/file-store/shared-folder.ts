// The shared file store is a folder. Libraries in other processes may use the same one, so a file gets its name only
// when it is complete.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { codeOf } from '../../shared/error-members.ts';
import { newGuid } from '../identifiers.ts';

export const packagesFolder = 'mstr/shared/migrations/packages';
const safe = /^mstr\/shared\/migrations(?:\/[A-Za-z0-9][A-Za-z0-9-]*)+\.(?:mmp|json)$/;

/** The file of a path in the store. Undefined when the path leads out of the store. */
const place = (root: string, path: string): string | undefined => (safe.test(path) ? join(root, path) : undefined);

const must = (root: string, path: string): string => {
  const file = place(root, path);
  if (file === undefined) throw new Error(`"${path}" is no path of the shared file store`);
  return file;
};

export function writeShared(root: string, path: string, content: string | Uint8Array): void {
  const file = must(root, path);
  mkdirSync(dirname(file), { recursive: true });
  const draft = join(dirname(file), `.${newGuid()}`);
  writeFileSync(draft, content);
  renameSync(draft, file);
}

/** Moves a complete file into the store. It must be on the same disk. */
export function adoptShared(root: string, path: string, source: string): void {
  const file = must(root, path);
  mkdirSync(dirname(file), { recursive: true });
  renameSync(source, file);
}

/** Undefined when there is no such file. */
export function readShared(root: string, path: string): Buffer | undefined {
  const file = place(root, path);
  if (file === undefined) return undefined;
  try {
    return readFileSync(file);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

export function sharedExists(root: string, path: string): boolean {
  const file = place(root, path);
  return file !== undefined && existsSync(file);
}

/** The content and the size of a file, for streaming. */
export function statShared(root: string, path: string): { readonly file: string; readonly size: number } | undefined {
  const file = place(root, path);
  const stat = file === undefined ? undefined : statSync(file, { throwIfNoEntry: false });
  return file === undefined || stat?.isFile() !== true ? undefined : { file, size: stat.size };
}

export function removeShared(root: string, path: string): void {
  const file = place(root, path);
  if (file !== undefined) rmSync(file, { force: true });
}

/** The paths of all files in the package folders with this ending, oldest folder first. */
export function listPackageFiles(root: string, end: string): readonly string[] {
  const top = join(root, packagesFolder);
  if (!existsSync(top)) return [];
  return readdirSync(top, { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))
    .toSorted()
    .flatMap((day) =>
      readdirSync(join(top, day))
        .filter((name) => name.endsWith(end) && !name.startsWith('.'))
        .toSorted()
        .map((name) => `${packagesFolder}/${day}/${name}`),
    );
}
