import { readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { uptime } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isMigratorError } from '../../errors.ts';
import { systemCode } from '../../files/local-error.ts';
import { isAlive, processStart } from '../../files/process-alive.ts';
import { writePrivateFile } from '../../files/whole-file.ts';

// A lock is a row of files, <name>.<generation>.lock, of which the one with the highest generation counts. Taking it
// means creating the next generation, which the file system grants to one process only; whoever then finds an even
// higher one beside its own has come too late and withdraws. A released lock stays as a file that says so: generations
// never go down, and so a process that was held up between looking and creating cannot take a lock twice.

export interface LockOwner {
  readonly pid: number;
  readonly host: string;
  /** ISO 8601. */
  readonly since: string;
  /** Tells the process from a later one with the same id; where the platform says. */
  readonly processStart?: string | undefined;
}

interface LockFile extends LockOwner {
  readonly released: boolean;
}

export interface Lock {
  /** False once another process took it over, which happens only to a process that did not show a sign of life for long. */
  held(): Promise<boolean>;
  release(): Promise<void>;
}

export interface LockTiming {
  /** Milliseconds between two signs of life. */
  readonly heartbeat: number;
  /** Milliseconds without a sign of life after which a process of another machine counts as gone. */
  readonly stale: number;
}

export const usualTiming: LockTiming = { heartbeat: 5000, stale: 60_000 };

const fileOf = (folder: string, name: string, generation: number): string =>
  join(folder, `${name}.${String(generation)}.lock`);

async function generations(folder: string, name: string): Promise<number[]> {
  const numbers = (await readdir(folder)).flatMap((file) => {
    const [, stem, generation] = /^(.+)\.(\d+)\.lock$/.exec(file) ?? [];
    return stem === name ? [Number(generation)] : [];
  });
  return numbers.sort((a, b) => b - a);
}

async function readLock(file: string): Promise<LockFile | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const value = JSON.parse(text) as Partial<LockFile> | null;
    if (typeof value?.pid === 'number' && typeof value.host === 'string' && typeof value.since === 'string') {
      return { released: false, ...value, pid: value.pid, host: value.host, since: value.since };
    }
  } catch (error) {
    // Locks appear complete, so this one was damaged from outside: it holds nobody off.
    if (!(error instanceof SyntaxError)) throw error;
  }
  return { pid: 0, host: '', since: new Date(0).toISOString(), released: true };
}

const heartbeatOf = async (file: string): Promise<number | undefined> =>
  stat(file).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  );

/** Whether the owner lives. Its own machine can tell for sure; of another one there is only the sign of life. */
async function isLive(file: string, owner: LockFile, host: string, timing: LockTiming): Promise<boolean> {
  if (owner.released) return false;
  if (owner.host === host) {
    if (!isAlive(owner.pid)) return false;
    const start = processStart(owner.pid);
    if (start !== undefined && owner.processStart !== undefined) return start === owner.processStart;
    // The id may belong to another process by now; surely so if the machine was started since.
    return Date.parse(owner.since) > Date.now() - uptime() * 1000 - 5000;
  }
  const before = await heartbeatOf(file);
  if (before === undefined || Date.now() - before < timing.stale) return before !== undefined;
  // The clocks of two machines may differ by more than the limit, so a sign of life is waited for before one is declared dead.
  await pause(timing.heartbeat * 2);
  const after = await heartbeatOf(file);
  return after !== undefined && after !== before;
}

function hold(folder: string, name: string, generation: number, owner: LockFile, timing: LockTiming): Lock {
  const file = fileOf(folder, name, generation);
  let released = false;
  const timer = setInterval(() => {
    const now = new Date();
    utimes(file, now, now).catch(() => clearInterval(timer));
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

/** The lock, or the live process that has it. Of several processes at once exactly one gets it. */
export async function acquireLock(
  folder: string,
  name: string,
  self: { readonly pid: number; readonly host: string },
  timing: LockTiming = usualTiming,
): Promise<{ readonly lock: Lock } | { readonly owner: LockOwner }> {
  for (;;) {
    const [highest = 0] = await generations(folder, name);
    if (highest > 0) {
      const file = fileOf(folder, name, highest);
      const owner = await readLock(file);
      if (owner !== undefined && (await isLive(file, owner, self.host, timing))) return { owner };
    }
    const generation = highest + 1;
    const mine: LockFile = {
      ...self,
      since: new Date().toISOString(),
      processStart: processStart(self.pid),
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
