import { randomBytes } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isAlive } from '../state/process-alive.ts';
import { systemCode } from './local-error.ts';

const pattern = /^\..*\.(\d+)-[0-9a-f]{12}\.partial$/;

/** `.<name>.<pid>-<random>.partial` in the same folder: hidden, unique, and its run can be told from it. */
export function partialName(path: string, pid: number = process.pid): string {
  // The name is cut so that a long one does not push the whole over the limit of 255 bytes.
  const name = basename(path).slice(0, 48);
  return join(dirname(path), `.${name}.${String(pid)}-${randomBytes(6).toString('hex')}.partial`);
}

export interface StalePartial {
  readonly path: string;
  readonly size: number;
  readonly modifiedAt: Date;
}

/** Partial files and folders whose run is gone (killed, or the machine stopped). A missing folder has none. */
export async function stalePartials(folder: string): Promise<readonly StalePartial[]> {
  const found: StalePartial[] = [];
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return [];
    throw error;
  }
  for (const name of names.sort()) {
    const pid = pattern.exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    const path = join(folder, name);
    const stats = await stat(path).catch(() => undefined);
    if (stats !== undefined) found.push({ path, size: stats.size, modifiedAt: stats.mtime });
  }
  return found;
}
