import { readFileSync } from 'node:fs';
import { systemCode } from './local-error.ts';

/** Whether a process with this id runs on this machine, also when it belongs to another user. */
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
 * When the process began, as an opaque text. It shows whether an id was given to another process since. On Linux it
 * is field 22 of /proc/<pid>/stat, ticks since boot; undefined on other systems.
 */
export function processStart(pid: number): string | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
  } catch {
    // The system has no /proc, or the process is gone.
    return undefined;
  }
  // The second field is the program's name in parentheses, which may contain spaces.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}
