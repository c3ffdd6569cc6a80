import { readFileSync } from 'node:fs';
import { systemCode } from './local-error.ts';

/** Whether a process of this machine has the id now. One that belongs to somebody else counts. */
export function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) === 'EPERM';
  }
}

/**
 * When the process began, as an opaque text that tells a reused id from the process that had it before; undefined
 * where the platform does not say cheaply. Linux: field 22 of /proc/<pid>/stat, ticks since boot.
 */
export function processStart(pid: number): string | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
  } catch {
    // No /proc on this platform, or the process is gone.
    return undefined;
  }
  // The second field is the program's name in parentheses and may hold spaces.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}
