import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { localError, systemCode } from '../../files/local-error.ts';
import { makePrivateFolder } from '../../files/private-folder.ts';
import { writePrivateFile } from '../../files/whole-file.ts';
import { alreadyRunning, ledgerHints, takenOver } from '../../journal/refusals.ts';
import { keyName } from '../../journal/run-record.ts';
import type { HeldLedger, Json, Ledger, Ledgers } from '../../ports/journal.ts';
import type { Clock } from '../../ports/runtime.ts';
import { inParallel } from '../../streams/in-parallel.ts';
import type { IO } from '../terminal/io.ts';
import { stateDirectory } from './directories.ts';
import { acquireLock, ownerOf, usualTiming, type Lock, type LockTiming } from './lock.ts';

const hint = 'choose another folder with MIGRATOR_STATE_DIR';

/** How many entries are read at once. */
const width = 32;

export interface LedgerOptions {
  readonly timing?: LockTiming;
  readonly clock?: Pick<Clock, 'sleep'>;
}

export type FileLedgers = Ledgers & {
  /** Lets go of all that this process holds. */
  close(): Promise<void>;
};

/**
 * Ledgers in the user's state folder: a folder for each, in it a file for each entry, which is replaced as a whole. So an
 * entry is never torn, and a change costs the same however many there are.
 */
export function createLedgers(io: IO, { timing = usualTiming, clock }: LedgerOptions = {}): FileLedgers {
  const locks = join(stateDirectory(io), 'locks');
  const folderOf = (key: string) => join(stateDirectory(io), 'waves', keyName(key));
  const held = new Set<Lock>();

  const of = (key: string): Ledger => {
    const folder = folderOf(key);
    const fileOf = (name: string) => join(folder, `${keyName(name)}.json`);
    return {
      all: () => readAll(folder),
      get: async (name) => (await readEntry(fileOf(name)))?.value,
      put: async (name, value) => {
        if (value === null) return rm(fileOf(name), { force: true });
        await makePrivateFolder(folder, hint);
        await writePrivateFile(fileOf(name), JSON.stringify({ name, value }), 'replace');
      },
    };
  };

  return {
    of,
    hold: async (key, what): Promise<HeldLedger> => {
      await makePrivateFolder(locks, hint);
      const self = { pid: io.pid, host: io.host };
      const acquired = await acquireLock(locks, keyName(key), self, timing, clock);
      if ('owner' in acquired) {
        throw alreadyRunning(what, acquired.owner, new Date(), { hint: ledgerHints.busy });
      }
      const { lock } = acquired;
      held.add(lock);
      const ledger = of(key);
      return {
        ...ledger,
        put: async (name, value) => {
          if (!(await lock.held())) throw takenOver(what, ledgerHints.takenOver);
          await ledger.put(name, value);
        },
        release: async () => {
          held.delete(lock);
          await lock.release();
        },
      };
    },
    holder: async (key) => {
      try {
        return await ownerOf(locks, keyName(key), { host: io.host }, timing, clock);
      } catch (error) {
        if (systemCode(error) === 'ENOENT') return undefined;
        throw error;
      }
    },
    close: async () => {
      for (const lock of held) await lock.release();
      held.clear();
    },
  };
}

interface Entry {
  readonly name: string;
  readonly value: Json;
}

async function readAll(folder: string): Promise<ReadonlyMap<string, Json>> {
  let files: string[];
  try {
    files = (await readdir(folder)).filter((name) => name.endsWith('.json'));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return new Map();
    throw localError(error, `could not read "${folder}"`);
  }
  const entries = new Map<string, Json>();
  for await (const entry of inParallel(files, width, (file) => readEntry(join(folder, file))))
    if (entry !== undefined) entries.set(entry.name, entry.value);
  return entries;
}

async function readEntry(path: string): Promise<Entry | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Entry;
  } catch (error) {
    // A damaged entry is as good as none: what is done is looked up on the servers and in the runs.
    if (systemCode(error) === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw localError(error, `could not read "${path}"`);
  }
}
