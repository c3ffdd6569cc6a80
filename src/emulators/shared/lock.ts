// Two processes in one state directory would overwrite each other's work, so only one process may use it at a time.
import { readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import Sqlite from 'libsql';
import { MigratorError } from '../../errors.ts';
import { codeOf } from './error-members.ts';

const held = new Set<string>();

/** Only for the message: who holds the lock. */
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
 * Locks a directory that exists; the returned function unlocks it. CONFLICT while another process has the lock. The
 * system itself holds it, by a lock of SQLite on an empty file, so it ends with the process, however that ends, and no
 * two processes can have it.
 */
export function lockDirectory(directory: string): () => void {
  const real = realpathSync(directory);
  const pidFile = join(real, 'emulator.lock');
  if (held.has(real)) throw taken(directory, process.pid);
  const database = new Sqlite(join(real, 'emulator.lock.db'), { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    database.close();
    if (!(codeOf(cause) ?? '').startsWith('SQLITE_BUSY')) throw unusable(real, cause);
    throw taken(directory, owner(pidFile));
  }
  held.add(real);
  writeFileSync(pidFile, `${process.pid}\n`);
  return () => {
    held.delete(real);
    rmSync(pidFile, { force: true });
    // The file stays: a process that has it open must not lock another one than the next process.
    database.close();
  };
}

function taken(directory: string, pid: number | undefined): MigratorError {
  const who = pid === undefined ? 'another process' : `process ${pid}`;
  return new MigratorError('CONFLICT', `the embedded instance in "${directory}" is already served by ${who}`, {
    hint: 'stop that process, or use its URL',
    details: { directory, pid },
  });
}

function unusable(directory: string, cause: unknown): MigratorError {
  return new MigratorError('LOCAL_IO', `the embedded instance in "${directory}" cannot be locked`, {
    hint: 'choose another folder',
    cause,
  });
}
