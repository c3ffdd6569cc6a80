import { createHash, randomBytes } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { systemCode } from './local-error.ts';
import { isAlive } from './process-alive.ts';

const pattern = /^\.(.*)\.(\d+)-([0-9a-f]{4})[0-9a-f]{8}\.partial$/;

/** Process ids mean nothing on another machine, and folders may be shared. */
const machine = (): string => createHash('sha256').update(hostname()).digest('hex').slice(0, 4);

/** The name is cut so that a long one does not push the whole over the limit of 255 bytes. */
const stem = (path: string): string => basename(path).slice(0, 48);

/** `.<name>.<pid>-<machine><random>.partial` in the same folder: hidden, unique, and its run can be told from it. */
export function partialName(path: string, pid: number = process.pid): string {
  return join(dirname(path), `.${stem(path)}.${String(pid)}-${machine()}${randomBytes(4).toString('hex')}.partial`);
}

export interface StalePartial {
  readonly path: string;
  readonly size: number;
  readonly modifiedAt: Date;
}

/** Removes the partial files that killed runs left of this very file. */
export async function removeStalePartials(path: string): Promise<void> {
  for (const stale of await stalePartials(dirname(path), stem(path))) {
    await rm(stale.path, { recursive: true, force: true });
  }
}

/**
 * Partial files and folders whose run is gone (killed, or the machine stopped); those of one name only when it is given.
 * A missing folder has none.
 */
export async function stalePartials(folder: string, only?: string): Promise<readonly StalePartial[]> {
  const found: StalePartial[] = [];
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return [];
    throw error;
  }
  for (const name of names.sort()) {
    const [, of, pid, origin] = pattern.exec(name) ?? [];
    if (pid === undefined || origin !== machine() || (only !== undefined && of !== only) || isAlive(Number(pid)))
      continue;
    const path = join(folder, name);
    const stats = await stat(path).catch(() => undefined);
    if (stats !== undefined) found.push({ path, size: stats.size, modifiedAt: stats.mtime });
  }
  return found;
}
