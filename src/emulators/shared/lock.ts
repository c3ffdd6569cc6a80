// Two processes in one state directory would overwrite each other's work, so only one process may use it at a time.
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
    // EPERM: the process is alive and belongs to another user.
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
 * Locks a directory that exists; the returned function unlocks it. CONFLICT while a live process has the lock. The lock
 * of a dead process is taken over.
 */
export function lockDirectory(directory: string): () => void {
  const real = realpathSync(directory);
  const file = join(real, 'emulator.lock');
  const pid = owner(file);
  // A lock with our own process id that we do not hold was left by an earlier process with the same id.
  const busy = held.has(real) || (pid !== undefined && pid !== process.pid && alive(pid));
  if (busy) {
    throw new MigratorError(
      'CONFLICT',
      `the emulator directory "${directory}" is already served by process ${pid ?? process.pid}`,
      {
        hint: `stop that process, use its URL, or remove "${file}" if that process is not an emulator`,
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
