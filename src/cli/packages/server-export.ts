import { adapterModules } from '../../adapters/index.ts';
import { MigratorError } from '../../errors.ts';
import { openFileSource } from '../../files/file-source.ts';
import type { TreeEntry } from '../../files/tree/read-tree.ts';
import { looksLikePackage } from '../../package/index.ts';
import { fileOver, partOfFile } from './package-folder.ts';

/**
 * What the files of a server are, in the words of the product that takes them; undefined when no product knows them. USAGE
 * when they certainly come from no server.
 */
export async function recogniseExport(
  path: string,
  tree: readonly TreeEntry[],
  signal: AbortSignal,
): Promise<string | undefined> {
  if (tree.every(({ size }) => size === 0))
    throw new MigratorError(
      'USAGE',
      tree.length === 0 ? `"${path}" holds no files` : `"${path}" holds nothing but empty files`,
      { hint: 'give the file or the folder that the server exported' },
    );
  for (const { file } of tree) {
    const source = await openFileSource(file);
    const isPackage = await looksLikePackage(source).finally(() => source.close());
    if (isPackage)
      throw new MigratorError('USAGE', `"${file}" is a migrator package or another tar, and no server exports one`, {
        hint: 'migrator import and migrator package upload take a migrator package as it is; unpack another tar, and seal its folder',
      });
  }
  const files = tree.map(({ path: inside, file, size }) =>
    fileOver(`native/${inside}`, size, (start, end) => partOfFile(file, start, end)),
  );
  for (const load of Object.values(adapterModules)) {
    const known = await (await load()).recognises?.(files, signal);
    if (known !== undefined) return known;
  }
  return undefined;
}
