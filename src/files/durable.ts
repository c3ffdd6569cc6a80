import { link, open, rename, unlink } from 'node:fs/promises';
import { systemCode } from './local-error.ts';

/** Codes of file systems without hard links (FAT, some network shares). */
const noLinks = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EINVAL']);

export function hasNoLinks(error: unknown): boolean {
  return noLinks.has(systemCode(error) ?? '');
}

/**
 * Renames `from` to `to`, but never replaces a file: EEXIST when the name is taken. Only a hard link can do that in
 * one call. On file systems without links an empty file takes the name first.
 */
export async function moveWithoutReplacing(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (!hasNoLinks(error)) throw error;
    const claim = await open(to, 'wx');
    await claim.close();
    await rename(from, to);
    return;
  }
  await unlink(from);
}

/** Makes new names in a folder survive a power cut. False where that is not possible (Windows, some network shares). */
export async function syncFolder(folder: string): Promise<boolean> {
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
    return true;
  } catch {
    // The file has its name already; only a power cut in the next seconds could undo that.
    return false;
  }
}
