import { readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { localError, systemCode } from '../../files/local-error.ts';
import { makePrivateFolder } from '../../files/private-folder.ts';
import { writePrivateFile } from '../../files/whole-file.ts';
import { journalOn, type ClosingJournal, type RunJournalOptions, type RunShelf } from '../../journal/run-journal.ts';
import { isUnfinished, keyName, parseRecord } from '../../journal/run-record.ts';
import type { Json, RunRecord } from '../../ports/journal.ts';
import type { Clock } from '../../ports/runtime.ts';
import type { IO } from '../terminal/io.ts';
import { stateDirectory } from './directories.ts';
import { acquireLock, usualTiming, type LockTiming } from './lock.ts';

const hint = 'choose another folder with MIGRATOR_STATE_DIR';

export interface JournalOptions extends RunJournalOptions {
  /** Called with a sentence when a damaged record was renamed. */
  readonly onWarning?: (message: string) => void;
  readonly timing?: LockTiming;
  /** For the wait for another process's lock. */
  readonly clock?: Pick<Clock, 'sleep'>;
}

const fileNameOf = ({ id, key }: RunRecord): string => `${id}.${keyName(key)}.json`;

/** Undefined when the name is not that of a record (a temporary file, a damaged record). */
const keyNameIn = (file: string): string | undefined =>
  /^\d{8}T\d{9}Z-[0-9a-f]{8}\.([0-9a-f]{24})\.json$/.exec(file)?.[1];

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
      const found = keyNameIn(name);
      return found !== undefined && (wanted === undefined || found === wanted);
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

  async dropKept(record: RunRecord, but: readonly string[] = []): Promise<void> {
    const stay = new Set(but.map((name) => this.#keptFile(record, name)));
    const kept = (await this.#names()).filter((name) => name.startsWith(`${record.id}.kept.`));
    for (const path of kept.map((name) => join(this.#folder, name)))
      if (!stay.has(path)) await rm(path, { force: true });
  }

  #keptFile({ id }: RunRecord, name: string): string {
    return join(this.#folder, `${id}.kept.${keyName(name)}.json`);
  }

  async prune(keep: number): Promise<void> {
    // The usual case needs no look into the records.
    if ((await this.#names()).filter((name) => keyNameIn(name) !== undefined).length <= keep) return;
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
 * made durable and renamed. A lock is the right to write the runs of a key. LOCAL_IO when the folder cannot be used.
 */
export function createJournal(io: IO, options: JournalOptions = {}): ClosingJournal {
  const runs = join(stateDirectory(io), 'runs');
  const locks = join(stateDirectory(io), 'locks');
  const self = { pid: io.pid, host: io.host };
  const files = new RunFiles(runs, options.onWarning ?? (() => undefined));
  const shelf: RunShelf = {
    hold: async (key) => {
      await makePrivateFolder(runs, hint);
      await makePrivateFolder(locks, hint);
      const acquired = await acquireLock(locks, keyName(key), self, options.timing ?? usualTiming, options.clock);
      if ('owner' in acquired) return acquired;
      const { lock } = acquired;
      const whenHeld = async (write: () => Promise<void>): Promise<boolean> => {
        if (!(await lock.held())) return false;
        await write();
        return true;
      };
      return {
        save: (record) => whenHeld(() => files.save(record)),
        keep: (record, name, value) => whenHeld(() => files.keep(record, name, value)),
        release: () => lock.release(),
      };
    },
    read: (key) => files.read(key),
    keep: (record, name, value) => files.keep(record, name, value),
    kept: (record, name) => files.kept(record, name),
    dropKept: (record, but) => files.dropKept(record, but),
    tidy: async (keep) => {
      await files.prune(keep);
      await removeOldLocks(locks);
      await removeTorn(locks);
      await removeTorn(runs);
    },
  };
  return journalOn(shelf, self, options);
}
