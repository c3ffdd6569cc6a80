import { resolve } from 'node:path';
import { type FileSource, openFileSource } from '../../files/file-source.ts';
import { MigratorError } from '../../errors.ts';
import type { Context } from '../context.ts';
import { tellingWait } from '../runtime.ts';

/** Opens a package file, or standard input for `-`. It is closed with the context. */
export async function openPackageFile(path: string, context: Context): Promise<FileSource> {
  const source = path === '-' ? await fromStdin(context) : await openFileSource(resolve(context.io.cwd, path));
  context.onWorkEnd(() => source.close());
  if (source.size > 0) return source;
  throw new MigratorError('PACKAGE_MALFORMED', `"${path}" is empty`, {
    hint: 'fetch the package again',
    details: { check: 'container' },
  });
}

/** Rare, so its module is loaded only here. */
async function fromStdin(context: Context): Promise<FileSource> {
  const { io, signal } = context;
  const { openStdinSource } = await import('./standard-input.ts');
  return tellingWait('the package on standard input', openStdinSource(io, signal), await context.reporter());
}
