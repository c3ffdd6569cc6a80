import { resolve } from 'node:path';
import type { Context } from './context.ts';
import { type FileSource, openFileSource } from './files/file-source.ts';
import { openStdinSource } from './files/stdin-source.ts';

/** Opens a package file, or standard input for `-`; closed with the context. */
export async function openPackageFile(path: string, context: Context): Promise<FileSource> {
  const source =
    path === '-'
      ? await openStdinSource(context.io, context.signal)
      : await openFileSource(resolve(context.io.cwd, path));
  context.onClose(() => source.close());
  return source;
}
