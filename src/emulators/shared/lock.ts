// Two processes on one state directory would overwrite each other's work, so a directory has one owner at a time.
import { readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { MigratorError } from '../../errors.ts';
import { codeOf } from './error-members.ts';

const held = new Set<string>();

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    return codeOf(error) === 'EPERM';
  }
}

function owner(file: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
    return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Takes a directory that exists; the returned function gives it back. CONFLICT while a live process serves it; the lock
 * of a process that died is taken over.
 */
export function lockDirectory(directory: string): () => void {
  const real = realpathSync(directory);
  const file = join(real, 'emulator.lock');
  const pid = owner(file);
  // Our own id in a lock we do not hold was left by an earlier process that had the same id.
  const busy = held.has(real) || (pid !== undefined && pid !== process.pid && alive(pid));
  if (busy) {
    throw new MigratorError(
      'CONFLICT',
      `the emulator directory "${directory}" is already served by process ${pid ?? process.pid}`,
      {
        hint: `stop that process, use its URL, or remove "${file}" if it is no emulator`,
        details: { directory, pid: pid ?? process.pid },
      },
    );
  }
  rmSync(file, { force: true });
  try {
    writeFileSync(file, `${process.pid}\n`, { flag: 'wx' });
  } catch (cause) {
    throw new MigratorError('CONFLICT', `the emulator directory "${directory}" was taken by another process just now`, {
      cause,
    });
  }
  held.add(real);
  return () => {
    held.delete(real);
    rmSync(file, { force: true });
  };
}
