import { link, open, rename, unlink } from 'node:fs/promises';
import { systemCode } from './local-error.ts';

/** Codes of file systems without hard links (FAT, some network shares). */
const noLinks = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EINVAL']);

/**
 * Gives `from` the name `to` only if nothing has it, and removes `from`; fails with EEXIST otherwise. A hard link is
 * the one call that names a complete file and never replaces. Without links the name is claimed by an empty file first.
 */
export async function moveWithoutReplacing(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (!noLinks.has(systemCode(error) ?? '')) throw error;
    const claim = await open(to, 'wx');
    await claim.close();
    await rename(from, to);
    return;
  }
  await unlink(from);
}

/** Makes a new name in a folder survive a power cut. False where the platform cannot (Windows, some network shares). */
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
    // The rename itself is done; only its durability is the file system's own affair now.
    return false;
  }
}
