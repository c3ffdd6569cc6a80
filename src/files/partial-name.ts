import { createHash, randomBytes } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { systemCode } from './local-error.ts';
import { isAlive } from './process-alive.ts';

const pattern = /^\.(.*)\.(\d+)-([0-9a-f]{4})[0-9a-f]{8}\.partial$/;

/** Folders may be shared by machines, and a process id means nothing on another machine. */
const machine = (): string => createHash('sha256').update(hostname()).digest('hex').slice(0, 4);

/** A long name is cut, so that the partial name stays below 255 bytes. */
const stem = (path: string): string => basename(path).slice(0, 48);

/**
 * `.<name>.<pid>-<machine><random>.partial` in the same folder: hidden, unique, and names the process that writes it.
 */
export function partialName(path: string, pid: number = process.pid): string {
  return join(dirname(path), `.${stem(path)}.${String(pid)}-${machine()}${randomBytes(4).toString('hex')}.partial`);
}

export interface StalePartial {
  readonly path: string;
  readonly size: number;
  readonly modifiedAt: Date;
}

/** Removes the partial files of this file that killed runs left. */
export async function removeStalePartials(path: string): Promise<void> {
  for (const stale of await stalePartials(dirname(path), stem(path))) {
    await rm(stale.path, { recursive: true, force: true });
  }
}

/**
 * Partial files and folders of processes that no longer run. `only`: the name of the one file to look for. Empty when
 * the folder is missing.
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
