import { readFileSync, readlinkSync } from 'node:fs';
import { systemCode } from './local-error.ts';

/** Whether a process with this id runs on this machine, also when it belongs to another user. */
export function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (systemCode(error) !== 'EPERM') return false;
  }
  // A process that has ended keeps its id until its parent asks for its end.
  return !/^[ZX]$/u.test(statOf(pid)?.[0] ?? '');
}

/**
 * When the process began, as an opaque text. It shows whether an id was given to another process since. On Linux it
 * is field 22 of /proc/<pid>/stat, ticks since boot; undefined on other systems.
 */
export function processStart(pid: number): string | undefined {
  return statOf(pid)?.[19];
}

/**
 * Where process ids mean what they mean here: this start of this machine, and this PID namespace (a container has its
 * own). Undefined on systems other than Linux.
 */
export function processSpace(): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return undefined;
  }
}

/** The fields of /proc/<pid>/stat from the third on. Undefined when the system has no /proc, or the process is gone. */
function statOf(pid: number): readonly string[] | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The second field is the program's name in parentheses, which may contain spaces.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}
