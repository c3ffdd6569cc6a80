import { isMigratorError } from '../errors.ts';
import type { Begun, Journal, Json, Run, RunRecord } from '../ports/journal.ts';
import { alreadyRunning, takenOver, type WorkOwner } from './refusals.ts';
import { isUnfinished, newRunId } from './run-record.ts';

/** A wave of some hundred projects can still be undone, item by item. */
const keptRuns = 1000;

/** The right of one process to write the runs of one key. */
export interface Hold {
  /** Makes the record durable. False, and nothing is written, once another process has the right. */
  save(record: RunRecord): Promise<boolean>;
  /** The same for a value beside the record. */
  keep(record: RunRecord, name: string, value: Json): Promise<boolean>;
  release(): Promise<void>;
}

/** Where the records of runs are kept, and the values beside them. */
export interface RunShelf {
  /** The right to write the runs of a key, or the process that has it. `patient`: it may wait to see whether that one is alive. */
  hold(key: string, options: { readonly patient: boolean }): Promise<Hold | { readonly owner: WorkOwner }>;
  /** Newest first. With `key`, only the runs with this key. A damaged record is left out. */
  read(key?: string): Promise<readonly RunRecord[]>;
  keep(record: RunRecord, name: string, value: Json): Promise<void>;
  /** Undefined when there is none, or when it is damaged: then the result is what the server claims. */
  kept(record: RunRecord, name: string): Promise<Json | undefined>;
  /** Removes what was kept beside a record, but for these names. */
  dropKept(record: RunRecord, but: readonly string[]): Promise<void>;
  /** Removes the runs that are over, but for the newest, and what killed processes left behind. */
  tidy(keep: number): Promise<void>;
}

export interface RunJournalOptions {
  readonly now?: (() => Date) | undefined;
  /** How many finished runs are kept. Default: 1000. */
  readonly keep?: number | undefined;
}

export type ClosingJournal = Journal & {
  /** Gives up all rights to write. The runs stay unfinished. */
  close(): Promise<void>;
};

/**
 * The meaning of a journal, whatever keeps its records. `begin` resumes the run with its key if the process of that run is
 * gone or was detached from the job. A right to write for each key prevents two processes from doing the same work.
 */
export function journalOn(
  shelf: RunShelf,
  self: { readonly pid: number; readonly host: string },
  { now = () => new Date(), keep = keptRuns }: RunJournalOptions = {},
): ClosingJournal {
  const held = new Set<Hold>();

  const saveWith = async (hold: Hold, record: RunRecord): Promise<void> => {
    if (!(await hold.save(record))) throw lost(record);
  };

  const openRun = (first: RunRecord, hold: Hold, fresh = false): Run => {
    let record = first;
    let queue: Promise<void> = Promise.resolve();
    const update = (change: (before: RunRecord) => Partial<RunRecord>): Promise<void> => {
      const saved = queue.then(async () => {
        record = { ...record, ...change(record), updatedAt: now().toISOString() };
        await saveWith(hold, record);
      });
      // After a failed write, the next one is still tried, and says both.
      queue = saved.catch(() => undefined);
      return saved;
    };
    return {
      get record() {
        return record;
      },
      note: (facts) => update((before) => ({ facts: { ...before.facts, ...facts } })),
      keep: async (name, value) => {
        if (!(await hold.keep(record, name, value))) throw lost(record);
      },
      kept: (name) => shelf.kept(record, name),
      job: (handle) => update(({ jobs }) => ({ jobs: jobs.includes(handle) ? jobs : [...jobs, handle] })),
      earlier: async () => (fresh ? [] : (await shelf.read()).filter(({ id }) => id < record.id)),
      keptOf: (earlier, name) => shelf.kept(earlier, name),
      finish: async (outcome, fault) => {
        await update(() => ({ outcome, fault }));
        held.delete(hold);
        await hold.release();
        await trimKept(shelf, record);
        await shelf.tidy(keep);
      },
      leave: (left, fault) => update(() => ({ left, fault })),
    };
  };

  /** Takes the right to write a key for `work`. CONFLICT with the process that has it. */
  const holding = async <T>(
    key: string,
    verb: string,
    patient: boolean,
    work: (hold: Hold) => Promise<T>,
  ): Promise<T> => {
    const hold = await shelf.hold(key, { patient });
    if ('owner' in hold) throw await busy(shelf, key, verb, hold.owner, now());
    held.add(hold);
    try {
      return await work(hold);
    } catch (error) {
      held.delete(hold);
      await hold.release();
      throw error;
    }
  };

  return {
    begin: (key, verb, { fresh, places, about, endOf }) =>
      holding(key, verb, true, async (hold): Promise<Begun> => {
        const [latest] = await shelf.read(key);
        const open = fresh || latest === undefined || !isUnfinished(latest) ? undefined : latest;
        const end = open === undefined ? undefined : await endOf?.(open);
        if (open !== undefined && end !== undefined) {
          const over = { ...open, outcome: end.outcome, fault: end.fault };
          await saveWith(hold, over);
          await trimKept(shelf, over);
        }
        const previous = end === undefined ? open : undefined;
        const begun = after(latest, now());
        const at = begun.toISOString();
        const base = { updatedAt: at, owner: self, outcome: undefined, left: undefined, fault: undefined, about };
        const record: RunRecord =
          previous === undefined
            ? { id: newRunId(begun), key, verb, startedAt: at, ...base, places, jobs: [], facts: {} }
            : { ...previous, ...base, places: { ...previous.places, ...places } };
        await saveWith(hold, record);
        return {
          run: openRun(record, hold, fresh),
          resumed: previous !== undefined,
          over: end === undefined ? undefined : open,
        };
      }),
    settle: async (handle, outcome, fault) => {
      const open = (await shelf.read()).find((record) => isUnfinished(record) && record.jobs.includes(handle));
      if (open === undefined) return;
      try {
        await holding(open.key, open.verb, false, (hold) => openRun(open, hold).finish(outcome, fault));
      } catch (error) {
        if (!isMigratorError(error, 'CONFLICT')) throw error;
      }
    },
    keep: (record, name, value) => shelf.keep(record, name, value),
    kept: (record, name) => shelf.kept(record, name),
    list: () => shelf.read(),
    close: async () => {
      await Promise.all([...held].map((hold) => hold.release()));
      held.clear();
    },
  };
}

const lost = ({ verb }: RunRecord) => takenOver(`this ${verb}`, 'see its jobs with: migrator job list');

async function busy(shelf: RunShelf, key: string, verb: string, owner: WorkOwner, now: Date) {
  const jobs = (await shelf.read(key))[0]?.jobs ?? [];
  const handle = jobs.at(-1);
  return alreadyRunning(`the same ${verb}`, owner, now, {
    hint:
      handle === undefined
        ? 'wait until that process ends, or stop it'
        : `wait for its job with: migrator job wait ${handle}`,
    details: { jobs },
  });
}

/**
 * Removes what the record of a run that is over no longer needs: all but what its undo needs, where it can be undone, and
 * its results, which `job wait` tells.
 */
async function trimKept(shelf: RunShelf, record: RunRecord): Promise<void> {
  if (isUnfinished(record)) return;
  const steps = Object.keys(record.facts).flatMap((name) => /^(.+)\.job$/u.exec(name)?.[1] ?? []);
  for (const step of steps) if ((await shelf.kept(record, `${step}.undo`)) !== undefined) return;
  await shelf.dropKept(
    record,
    steps.map((step) => `${step}.result`),
  );
}

/** Runs sort by their start, and the newest of a key counts. Clocks of two machines differ, and a clock may be set back. */
function after(latest: RunRecord | undefined, now: Date): Date {
  const last = Date.parse(latest?.startedAt ?? '');
  return last >= now.getTime() ? new Date(last + 1) : now;
}
