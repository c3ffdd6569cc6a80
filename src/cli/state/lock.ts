import { readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { uptime } from 'node:os';
import { join } from 'node:path';
import { isMigratorError, MigratorError } from '../../errors.ts';
import { localError, systemCode } from '../../files/local-error.ts';
import { isAlive, processSpace, processStart } from '../../files/process-alive.ts';
import { writePrivateFile } from '../../files/whole-file.ts';
import type { Clock } from '../../ports/runtime.ts';
import { systemClock } from '../runtime.ts';

// A lock is a series of files, <name>.<generation>.lock. The file with the highest generation is the current one. A
// process takes the lock when it creates the file of the next generation. The file system lets only one process create
// it. If the process then finds a file with a higher generation, it was too late and removes its own file. A released
// lock stays as a file that says so. So generations never go down, and a process that was paused between reading and
// creating cannot take a lock that somebody else has.

export interface LockOwner {
  readonly pid: number;
  readonly host: string;
  /** ISO 8601. */
  readonly since: string;
  /**
   * The start time of the process, if the platform gives it. A later process with the same id has another start time.
   */
  readonly processStart?: string | undefined;
  /** Where the process id holds, if the platform gives it. Two containers may have one host name and one state folder. */
  readonly processSpace?: string | undefined;
}

interface LockFile extends LockOwner {
  readonly released: boolean;
}

export interface Lock {
  /**
   * False after another process has taken the lock over. That happens only when this process sent no heartbeat for
   * long.
   */
  held(): Promise<boolean>;
  release(): Promise<void>;
}

export interface LockTiming {
  /** Milliseconds between two heartbeats. */
  readonly heartbeat: number;
  /** Milliseconds without a heartbeat after which a process on another machine counts as dead. */
  readonly stale: number;
}

type LockClock = Pick<Clock, 'sleep'>;

export const usualTiming: LockTiming = { heartbeat: 5000, stale: 60_000 };

const fileOf = (folder: string, name: string, generation: number): string =>
  join(folder, `${name}.${String(generation)}.lock`);

async function generations(folder: string, name: string): Promise<number[]> {
  const numbers = (await readdir(folder, { withFileTypes: true })).flatMap((entry) => {
    const [, stem, generation] = /^(.+)\.(\d+)\.lock$/.exec(entry.name) ?? [];
    if (stem === name && entry.isDirectory()) throw noFile(join(folder, entry.name));
    // A number that cannot be counted on is none of ours: the next one would be the same.
    return stem === name && Number(generation) < Number.MAX_SAFE_INTEGER ? [Number(generation)] : [];
  });
  return numbers.sort((a, b) => b - a);
}

function noFile(file: string): MigratorError {
  return new MigratorError('LOCAL_IO', `"${file}" is a folder, where a lock file belongs`, {
    hint: 'remove it, and run the same command again',
    details: { path: file },
  });
}

async function readLock(file: string): Promise<LockFile | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw localError(error, `could not read the lock "${file}"`);
  }
  try {
    const value = JSON.parse(text) as Partial<LockFile> | null;
    if (typeof value?.pid === 'number' && typeof value.host === 'string' && typeof value.since === 'string') {
      return { released: false, ...value, pid: value.pid, host: value.host, since: value.since };
    }
  } catch (error) {
    // A lock file appears complete, so this one was damaged from outside. It counts as released.
    if (!(error instanceof SyntaxError)) throw error;
  }
  return { pid: 0, host: '', since: new Date(0).toISOString(), released: true };
}

const heartbeatOf = async (file: string): Promise<number | undefined> =>
  stat(file).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  );

/**
 * Whether the process that owns the lock is alive. For a process on another machine or in another container, only its
 * heartbeat shows that.
 */
async function isLive(
  file: string,
  owner: LockFile,
  host: string,
  timing: LockTiming,
  clock: LockClock,
): Promise<boolean> {
  if (owner.released) return false;
  const space = processSpace();
  const isHere = owner.processSpace === undefined || space === undefined || owner.processSpace === space;
  if (owner.host === host && isHere) {
    if (!isAlive(owner.pid)) return false;
    const start = processStart(owner.pid);
    if (start !== undefined && owner.processStart !== undefined) return start === owner.processStart;
    // The id may belong to another process now. It certainly does if the machine was started after the lock was taken.
    return Date.parse(owner.since) > Date.now() - uptime() * 1000 - 5000;
  }
  const before = await heartbeatOf(file);
  if (before === undefined || Math.abs(Date.now() - before) < timing.stale) return before !== undefined;
  // The clocks of two machines may differ by more than the limit, in both directions, so wait for a heartbeat before
  // the owner counts as dead.
  await clock.sleep(
    timing.heartbeat * 2,
    new AbortController().signal,
    `a sign of life of process ${String(owner.pid)} on ${owner.host}, which has the lock of this work`,
  );
  const after = await heartbeatOf(file);
  return after !== undefined && after !== before;
}

function hold(folder: string, name: string, generation: number, owner: LockFile, timing: LockTiming): Lock {
  const file = fileOf(folder, name, generation);
  let released = false;
  const timer = setInterval(() => {
    const now = new Date();
    // A network share may fail for a moment. The next heartbeat may arrive.
    utimes(file, now, now).catch(() => undefined);
  }, timing.heartbeat);
  timer.unref();
  const held = async (): Promise<boolean> => !released && (await generations(folder, name))[0] === generation;
  return {
    held,
    release: async () => {
      if (released) return;
      clearInterval(timer);
      const mine = await held();
      released = true;
      if (mine) await writePrivateFile(file, JSON.stringify({ ...owner, released: true }), 'replace');
    },
  };
}

/** The live process that has the lock. */
export async function ownerOf(
  folder: string,
  name: string,
  self: { readonly host: string },
  timing: LockTiming = usualTiming,
  clock: LockClock = systemClock,
): Promise<LockOwner | undefined> {
  const [highest = 0] = await generations(folder, name);
  if (highest === 0) return undefined;
  const file = fileOf(folder, name, highest);
  const owner = await readLock(file);
  return owner !== undefined && (await isLive(file, owner, self.host, timing, clock)) ? owner : undefined;
}

/** Takes the lock, or returns the live process that has it. If several processes try at once, exactly one gets it. */
export async function acquireLock(
  folder: string,
  name: string,
  self: { readonly pid: number; readonly host: string },
  timing: LockTiming = usualTiming,
  clock: LockClock = systemClock,
): Promise<{ readonly lock: Lock } | { readonly owner: LockOwner }> {
  for (;;) {
    const owner = await ownerOf(folder, name, self, timing, clock);
    if (owner !== undefined) return { owner };
    const [highest = 0] = await generations(folder, name);
    const generation = highest + 1;
    const mine: LockFile = {
      ...self,
      since: new Date().toISOString(),
      processStart: processStart(self.pid),
      processSpace: processSpace(),
      released: false,
    };
    try {
      await writePrivateFile(fileOf(folder, name, generation), JSON.stringify(mine), 'create');
    } catch (error) {
      if (isMigratorError(error, 'CONFLICT')) continue;
      throw error;
    }
    const all = await generations(folder, name);
    if (all[0] !== generation) {
      await rm(fileOf(folder, name, generation), { force: true });
      continue;
    }
    for (const older of all.slice(1)) await rm(fileOf(folder, name, older), { force: true });
    return { lock: hold(folder, name, generation, mine, timing) };
  }
}
