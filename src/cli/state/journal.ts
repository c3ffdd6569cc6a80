import { readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { MigratorError } from '../../errors.ts';
import { localError, systemCode } from '../../files/local-error.ts';
import { makePrivateFolder } from '../../files/private-folder.ts';
import { writePrivateFile } from '../../files/whole-file.ts';
import type { Journal, Json, Run, RunOutcome, RunRecord } from '../../ports/journal.ts';
import { humanDuration } from '../terminal/amounts.ts';
import type { IO } from '../terminal/io.ts';
import { stateDirectory } from './directories.ts';
import { acquireLock, usualTiming, type Lock, type LockOwner, type LockTiming } from './lock.ts';
import { fileNameOf, isUnfinished, keyName, newRunId, parseFileName, parseRecord } from './run-record.ts';

const keptRuns = 200;
const hint = 'choose another folder with MIGRATOR_STATE_DIR';

export interface JournalOptions {
  /** The second net: facts hold no secrets by contract. */
  readonly redactor?: { redactValue(value: unknown): unknown };
  /** A damaged record that was set aside, as a sentence. */
  readonly onWarning?: (message: string) => void;
  readonly now?: () => Date;
  readonly timing?: LockTiming;
  /** Finished runs that are kept; 200 by default. */
  readonly keep?: number;
}

export type FileJournal = Journal & {
  /** Lets go of what is still held; the runs stay unfinished. */
  close(): Promise<void>;
};

function busy(verb: string, owner: LockOwner, jobs: readonly string[], now: Date): MigratorError {
  const age = humanDuration(Math.max(0, now.getTime() - Date.parse(owner.since)));
  const handle = jobs.at(-1);
  return new MigratorError(
    'CONFLICT',
    `the same ${verb} already runs in process ${String(owner.pid)} on ${owner.host}, since ${age}`,
    {
      hint:
        handle === undefined
          ? 'wait until it ends, or stop that process'
          : `follow it with: migrator job wait ${handle}`,
      details: { pid: owner.pid, host: owner.host, since: owner.since, jobs },
    },
  );
}

/** Runs as JSON files below the state folder, one file each; a lock per key keeps two processes off the same work. */
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

  /** Newest first; of one key only, when it is given. */
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

  async prune(keep: number): Promise<void> {
    const finished = (await this.read()).filter((record) => !isUnfinished(record));
    for (const record of finished.slice(keep)) await rm(join(this.#folder, fileNameOf(record)), { force: true });
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
      // Pruned by another process between listing and reading.
      if (systemCode(error) === 'ENOENT') return undefined;
      throw localError(error, `could not read "${path}"`);
    }
    const record = parseRecord(text);
    if (record === undefined) {
      await rename(path, `${path}.damaged`);
      this.#onWarning(`a record of an earlier run was damaged and is kept aside as "${path}.damaged"`);
    }
    return record;
  }
}

/** What a killed process was writing; a minute is long for a file of a few lines. */
async function removeTorn(folder: string): Promise<void> {
  for (const name of (await readdir(folder)).filter((one) => one.endsWith('.partial'))) {
    const path = join(folder, name);
    const stats = await stat(path).catch(() => undefined);
    if (stats !== undefined && Date.now() - stats.mtimeMs > 60_000) await rm(path, { force: true });
  }
}

/** Locks that were released and not used for a day keep nobody off; they are removed so that they do not pile up. */
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
 * The journal in the user's state folder. Records survive a kill and a power cut: each is written aside, made durable
 * and renamed. A run whose process is gone is taken up by the next `begin` with its key; so is one that was detached.
 * LOCAL_IO when the folder cannot be used.
 */
export function createJournal(io: IO, options: JournalOptions = {}): FileJournal {
  const runs = join(stateDirectory(io), 'runs');
  const locks = join(stateDirectory(io), 'locks');
  const now = options.now ?? (() => new Date());
  const files = new RunFiles(runs, options.onWarning ?? (() => undefined));
  const held = new Set<Lock>();

  const openRun = (first: RunRecord, lock: Lock): Run => {
    let record = first;
    let queue: Promise<void> = Promise.resolve();
    const update = (change: (before: RunRecord) => Partial<RunRecord>): Promise<void> => {
      const saved = queue.then(async () => {
        if (!(await lock.held())) {
          throw new MigratorError('CONFLICT', `another process has taken over this ${record.verb}`, {
            hint: 'look at it with: migrator job list',
          });
        }
        record = { ...record, ...change(record), updatedAt: now().toISOString() };
        await files.save(record);
      });
      // One failed write does not stop the next from being tried.
      queue = saved.catch(() => undefined);
      return saved;
    };
    return {
      get record() {
        return record;
      },
      note: (facts) => {
        const clean = (options.redactor?.redactValue(facts) ?? facts) as Readonly<Record<string, Json>>;
        return update((before) => ({ facts: { ...before.facts, ...clean } }));
      },
      job: (handle) => update(({ jobs }) => ({ jobs: jobs.includes(handle) ? jobs : [...jobs, handle] })),
      finish: async (outcome: RunOutcome) => {
        await update(() => ({ outcome }));
        held.delete(lock);
        await lock.release();
        await files.prune(options.keep ?? keptRuns);
        await removeOldLocks(locks);
        await removeTorn(locks);
        await removeTorn(runs);
      },
    };
  };

  return {
    begin: async (key, verb, { fresh }) => {
      await makePrivateFolder(runs, hint);
      await makePrivateFolder(locks, hint);
      const self = { pid: io.pid, host: io.host };
      const acquired = await acquireLock(locks, keyName(key), self, options.timing ?? usualTiming);
      if ('owner' in acquired) {
        const [latest] = await files.read(key);
        throw busy(verb, acquired.owner, latest?.jobs ?? [], now());
      }
      const { lock } = acquired;
      held.add(lock);
      try {
        const [latest] = await files.read(key);
        const previous = fresh || latest === undefined || !isUnfinished(latest) ? undefined : latest;
        const at = now().toISOString();
        const record: RunRecord =
          previous === undefined
            ? {
                id: newRunId(now()),
                key,
                verb,
                startedAt: at,
                updatedAt: at,
                owner: self,
                outcome: undefined,
                jobs: [],
                facts: {},
              }
            : { ...previous, updatedAt: at, owner: self, outcome: undefined };
        await files.save(record);
        return { run: openRun(record, lock), resumed: previous !== undefined };
      } catch (error) {
        held.delete(lock);
        await lock.release();
        throw error;
      }
    },
    list: () => files.read(),
    close: async () => {
      for (const lock of held) await lock.release();
      held.clear();
    },
  };
}
