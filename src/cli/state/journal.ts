import { readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isMigratorError, MigratorError } from '../../errors.ts';
import { localError, systemCode } from '../../files/local-error.ts';
import { makePrivateFolder } from '../../files/private-folder.ts';
import { writePrivateFile } from '../../files/whole-file.ts';
import type { Begun, Journal, Json, Run, RunRecord } from '../../ports/journal.ts';
import type { Clock } from '../../ports/runtime.ts';
import { humanDuration } from '../../amounts.ts';
import type { IO } from '../terminal/io.ts';
import { stateDirectory } from './directories.ts';
import { acquireLock, usualTiming, type Lock, type LockOwner, type LockTiming } from './lock.ts';
import { fileNameOf, isUnfinished, keyName, newRunId, parseFileName, parseRecord } from './run-record.ts';

/** A wave of some hundred projects can still be undone, item by item. */
const keptRuns = 1000;
const hint = 'choose another folder with MIGRATOR_STATE_DIR';

export interface JournalOptions {
  /** Called with a sentence when a damaged record was renamed. */
  readonly onWarning?: (message: string) => void;
  readonly now?: () => Date;
  readonly timing?: LockTiming;
  /** For the wait for another process's lock. */
  readonly clock?: Pick<Clock, 'sleep'>;
  /** How many finished runs are kept. Default: 1000. */
  readonly keep?: number;
}

export type FileJournal = Journal & {
  /** Releases all locks. The runs stay unfinished. */
  close(): Promise<void>;
};

function busy(verb: string, owner: LockOwner, jobs: readonly string[], now: Date): MigratorError {
  const age = humanDuration(Math.max(0, now.getTime() - Date.parse(owner.since)));
  const handle = jobs.at(-1);
  return new MigratorError(
    'CONFLICT',
    `the same ${verb} is already running in process ${String(owner.pid)} on ${owner.host}, for ${age}`,
    {
      hint:
        handle === undefined
          ? 'wait until that process ends, or stop it'
          : `wait for its job with: migrator job wait ${handle}`,
      details: { pid: owner.pid, host: owner.host, since: owner.since, jobs },
    },
  );
}

/** The records of runs: one JSON file for each run, in a folder of the state folder. */
class RunFiles {
  readonly #folder: string;
  readonly #onWarning: (message: string) => void;

  constructor(folder: string, onWarning: (message: string) => void) {
    this.#folder = folder;
    this.#onWarning = onWarning;
  }

  save(record: RunRecord): Promise<void> {
    return writePrivateFile(
      join(this.#folder, fileNameOf(record)),
      `${JSON.stringify(record, undefined, 2)}\n`,
      'replace',
    );
  }

  /** Newest first. With `key`, only the runs with this key. */
  async read(key?: string): Promise<RunRecord[]> {
    const wanted = key === undefined ? undefined : keyName(key);
    const names = (await this.#names()).filter((name) => {
      const parsed = parseFileName(name);
      return parsed !== undefined && (wanted === undefined || parsed.keyName === wanted);
    });
    const records: RunRecord[] = [];
    for (const name of names.sort().reverse()) {
      const record = await this.#readOne(name);
      if (record !== undefined && (key === undefined || record.key === key)) records.push(record);
    }
    return records;
  }

  keep(record: RunRecord, name: string, value: Json): Promise<void> {
    return writePrivateFile(this.#keptFile(record, name), JSON.stringify(value), 'replace');
  }

  async kept(record: RunRecord, name: string): Promise<Json | undefined> {
    const path = this.#keptFile(record, name);
    try {
      return JSON.parse(await readFile(path, 'utf8')) as Json;
    } catch (error) {
      // A damaged file is as good as none: then the result is what the server claims.
      if (systemCode(error) === 'ENOENT' || error instanceof SyntaxError) return undefined;
      throw localError(error, `could not read "${path}"`);
    }
  }

  /**
   * Removes what the record of a run that is over no longer needs: all but what its undo needs, where it can be undone, and
   * its results, which `job wait` tells.
   */
  async trimKept(record: RunRecord): Promise<void> {
    const steps = Object.keys(record.facts).flatMap((name) => /^(.+)\.job$/u.exec(name)?.[1] ?? []);
    for (const step of steps) if ((await this.kept(record, `${step}.undo`)) !== undefined) return;
    await this.dropKept(record, new Set(steps.map((step) => this.#keptFile(record, `${step}.result`))));
  }

  /** Removes what was kept beside a record, but for these files. */
  async dropKept({ id }: RunRecord, but: ReadonlySet<string> = new Set()): Promise<void> {
    const kept = (await this.#names()).filter((name) => name.startsWith(`${id}.kept.`));
    for (const path of kept.map((name) => join(this.#folder, name)))
      if (!but.has(path)) await rm(path, { force: true });
  }

  #keptFile({ id }: RunRecord, name: string): string {
    return join(this.#folder, `${id}.kept.${keyName(name)}.json`);
  }

  async prune(keep: number): Promise<void> {
    // The usual case needs no look into the records.
    if ((await this.#names()).filter((name) => parseFileName(name) !== undefined).length <= keep) return;
    for (const record of (await this.read()).filter((one) => !isUnfinished(one)).slice(keep)) {
      await this.dropKept(record);
      await rm(join(this.#folder, fileNameOf(record)), { force: true });
    }
  }

  async #names(): Promise<string[]> {
    try {
      return await readdir(this.#folder);
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return [];
      throw localError(error, `could not read the journal in "${this.#folder}"`);
    }
  }

  async #readOne(name: string): Promise<RunRecord | undefined> {
    const path = join(this.#folder, name);
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch (error) {
      // Another process pruned it after the folder was listed.
      if (systemCode(error) === 'ENOENT') return undefined;
      throw localError(error, `could not read "${path}"`);
    }
    const record = parseRecord(text);
    if (record === undefined) {
      await rename(path, `${path}.damaged`);
      this.#onWarning(`the record of an earlier run is damaged; it was renamed to "${path}.damaged"`);
    }
    return record;
  }
}

/** Removes files that killed processes did not finish. Such small files are written in much less than a minute. */
async function removeTorn(folder: string): Promise<void> {
  for (const name of (await readdir(folder)).filter((one) => one.endsWith('.partial'))) {
    const path = join(folder, name);
    const stats = await stat(path).catch(() => undefined);
    if (stats !== undefined && Date.now() - stats.mtimeMs > 60_000) await rm(path, { force: true });
  }
}

/** Removes locks that were released more than a day ago. */
async function removeOldLocks(folder: string): Promise<void> {
  for (const name of (await readdir(folder)).filter((one) => one.endsWith('.lock'))) {
    const path = join(folder, name);
    const stats = await stat(path).catch(() => undefined);
    if (stats === undefined || Date.now() - stats.mtimeMs < 86_400_000) continue;
    const released = await readFile(path, 'utf8').then(
      (text) => text.includes('"released":true'),
      () => false,
    );
    if (released) await rm(path, { force: true });
  }
}

/**
 * The journal in the user's state folder. Records survive a kill and a power cut: each is written to a temporary file,
 * made durable and renamed. `begin` resumes the run with its key if the process of that run is gone or was detached
 * from the job. A lock for each key prevents two processes from doing the same work. LOCAL_IO when the folder cannot be
 * used.
 */
export function createJournal(io: IO, options: JournalOptions = {}): FileJournal {
  const runs = join(stateDirectory(io), 'runs');
  const locks = join(stateDirectory(io), 'locks');
  const now = options.now ?? (() => new Date());
  const files = new RunFiles(runs, options.onWarning ?? (() => undefined));
  const held = new Set<Lock>();

  const openRun = (first: RunRecord, lock: Lock, fresh = false): Run => {
    let record = first;
    let queue: Promise<void> = Promise.resolve();
    const update = (change: (before: RunRecord) => Partial<RunRecord>): Promise<void> => {
      const saved = queue.then(async () => {
        if (!(await lock.held())) {
          throw new MigratorError('CONFLICT', `another process has taken over this ${record.verb}`, {
            hint: 'see its jobs with: migrator job list',
          });
        }
        record = { ...record, ...change(record), updatedAt: now().toISOString() };
        await files.save(record);
      });
      // After a failed write, the next write is still tried.
      queue = saved.catch(() => undefined);
      return saved;
    };
    return {
      get record() {
        return record;
      },
      note: (facts) => update((before) => ({ facts: { ...before.facts, ...facts } })),
      keep: (name, value) => files.keep(record, name, value),
      kept: (name) => files.kept(record, name),
      job: (handle) => update(({ jobs }) => ({ jobs: jobs.includes(handle) ? jobs : [...jobs, handle] })),
      earlier: async () => (fresh ? [] : (await files.read()).filter(({ id }) => id < record.id)),
      keptOf: (earlier, name) => files.kept(earlier, name),
      finish: async (outcome, fault) => {
        await update(() => ({ outcome, fault }));
        held.delete(lock);
        await lock.release();
        await files.trimKept(record);
        await files.prune(options.keep ?? keptRuns);
        await removeOldLocks(locks);
        await removeTorn(locks);
        await removeTorn(runs);
      },
      leave: (left, fault) => update(() => ({ left, fault })),
    };
  };

  /** Takes the lock of a key for `work`. CONFLICT with the process that has it. */
  const locked = async <T>(key: string, verb: string, work: (lock: Lock) => Promise<T>): Promise<T> => {
    await makePrivateFolder(runs, hint);
    await makePrivateFolder(locks, hint);
    const self = { pid: io.pid, host: io.host };
    const acquired = await acquireLock(locks, keyName(key), self, options.timing ?? usualTiming, options.clock);
    if ('owner' in acquired) {
      const [latest] = await files.read(key);
      throw busy(verb, acquired.owner, latest?.jobs ?? [], now());
    }
    const { lock } = acquired;
    held.add(lock);
    try {
      return await work(lock);
    } catch (error) {
      held.delete(lock);
      await lock.release();
      throw error;
    }
  };

  return {
    begin: (key, verb, { fresh, places, about, endOf }) =>
      locked(key, verb, async (lock): Promise<Begun> => {
        const [latest] = await files.read(key);
        const open = fresh || latest === undefined || !isUnfinished(latest) ? undefined : latest;
        const end = open === undefined ? undefined : await endOf?.(open);
        if (open !== undefined && end !== undefined) {
          await files.save({ ...open, outcome: end.outcome, fault: end.fault });
          await files.trimKept(open);
        }
        const previous = end === undefined ? open : undefined;
        const at = now().toISOString();
        const owner = { pid: io.pid, host: io.host };
        const base = { updatedAt: at, owner, outcome: undefined, left: undefined, fault: undefined, about };
        const record: RunRecord =
          previous === undefined
            ? { id: newRunId(now()), key, verb, startedAt: at, ...base, places, jobs: [], facts: {} }
            : { ...previous, ...base, places: { ...previous.places, ...places } };
        await files.save(record);
        return {
          run: openRun(record, lock, fresh),
          resumed: previous !== undefined,
          over: end === undefined ? undefined : open,
        };
      }),
    settle: async (handle, outcome, fault) => {
      const open = (await files.read()).find((record) => isUnfinished(record) && record.jobs.includes(handle));
      if (open === undefined) return;
      try {
        await locked(open.key, open.verb, (lock) => openRun(open, lock).finish(outcome, fault));
      } catch (error) {
        if (!isMigratorError(error, 'CONFLICT')) throw error;
      }
    },
    keep: (record, name, value) => files.keep(record, name, value),
    kept: (record, name) => files.kept(record, name),
    list: () => files.read(),
    close: async () => {
      for (const lock of held) await lock.release();
      held.clear();
    },
  };
}
