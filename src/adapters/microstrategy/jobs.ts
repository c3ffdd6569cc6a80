import { isMigratorError, MigratorError } from '../../errors.ts';
import type { Jobs, JobStatus, JobSummary, LogLine } from '../../ports/job.ts';
import { formatJobId, parseJobId, type MigrationJob } from './job-id.ts';
import { advanceMove, dueStep } from './migrations/advance-move.ts';
import { advanceValidation } from './migrations/advance-validation.ts';
import { decide } from './migrations/decide.ts';
import {
  exportReading,
  importReading,
  isUndoWaiting,
  isoOf,
  makingOf,
  requestReading,
  requestWord,
  undeliveredReading,
  undoReading,
  validationReading,
  type Reading,
} from './migrations/job-state.ts';
import { migrationLog } from './migrations/migration-log.ts';
import { endOf, justRead, keepForLook, migrationOf, noMigration, peerOf } from './migrations/peers.ts';
import { isBegun, isExport, isImport, isImportedHere } from './migrations/record-kind.ts';
import { stateWord } from './migrations/state-word.ts';
import { advanceUndo, undo } from './migrations/undo.ts';
import type { Library } from './server.ts';
import type { Migration } from './wire/schemas.ts';

export function createJobs(library: Library): Jobs {
  return {
    status: async (id, signal): Promise<JobStatus> => ({ id, ...(await read(library, jobOf(library, id), signal)) }),
    log: async function* (id, signal): AsyncIterable<LogLine> {
      const { own, target } = await recordsOf(library, jobOf(library, id), signal);
      yield* migrationLog(own, target);
    },
    list: (options, signal) => list(library, options, signal),
    advance: async (id, signal) => {
      const job = jobOf(library, id);
      if (job.mark === 'undo') return advanceUndo(library, id, signal);
      if (job.mark === 'dry-run') return advanceValidation(library, job, signal);
      if (job.mark === 'export') return;
      const whole = job.peer === undefined ? await withEnd(library, job, signal) : job;
      if (whole !== undefined) await advanceMove(library, whole, signal);
    },
    approve: (id, signal) => decide(library, id, 'approved', signal),
    reject: (id, signal) => decide(library, id, 'rejected', signal),
    undo: (id, signal) => undo(library, id, signal),
  };
}

/** The job of an id. The other end of a move comes from its record when the id does not name it. */
function jobOf({ memory }: Library, id: string): MigrationJob {
  const job = parseJobId(id);
  return job.mark === 'undo' ? job : { ...job, peer: job.peer ?? memory.ends.get(job.migration) };
}

/**
 * A job with the other end from its record. Undefined for an import, and when no call is due. CONFIG_INVALID when one is
 * due, and the rc file does not name the other end: nobody else makes that call.
 */
async function withEnd(library: Library, job: MigrationJob, signal: AbortSignal): Promise<MigrationJob | undefined> {
  const record = await library.client.migration(job.migration, signal);
  if (record === undefined) return undefined;
  const isOther = isImport(record) || isExport(record) || isImportedHere(record);
  const peer = isOther ? undefined : endOf(library, record);
  if (peer !== undefined) return { ...job, peer };
  keepForLook(library, job.migration, record);
  if (isOther) return undefined;
  if (dueStep(record, job, library.memory.refused.has(job.migration)) === undefined) return undefined;
  const { id, name } = record.importInfo.environment;
  throw new MigratorError('CONFIG_INVALID', `no instance of the rc file is ${name ?? 'the target'} (${id ?? ''})`, {
    hint: `add that Library to the rc file, or name its instance in the handle: ${handleOf(library, job)}@<instance>`,
  });
}

async function read(library: Library, given: MigrationJob, signal: AbortSignal): Promise<Reading> {
  const { memory } = library;
  const isMove = given.mark === undefined || given.mark === 'request-only';
  if (isMove && given.peer !== undefined && memory.handedOver.has(given.migration)) {
    const owner = await peerOf(library, given.peer);
    const there = justRead(owner, given.migration) ?? (await owner.client.migration(given.migration, signal));
    if (there !== undefined && isBegun(there)) return importReading(there, 'move', undoHandle(library, given));
  }
  const { own, target } = await recordsOf(library, given, signal);
  const job = jobOf(library, formatJobId(given.migration, given.mark, given.peer));
  const undone = undoHandle(library, job);
  const why = memory.undelivered.get(job.migration);
  switch (job.mark) {
    case 'export':
      return exportReading(own);
    case 'undo': {
      const refused = job.peer === undefined ? memory.refused : (await peerOf(library, job.peer)).memory.refused;
      return undoReading(target ?? own, refused.get(job.migration));
    }
    case 'dry-run':
      if (why !== undefined) return undeliveredReading(own, 'dry-run', why);
      return makingOf(own, 'dry-run') ?? validationReading(own);
    default:
      if (target !== undefined) return importReading(target, 'move', undone);
      if (isImport(own)) return importReading(own, 'import', undone);
      if (job.peer === undefined && isExport(own)) return exportReading(own);
      if (isImportedHere(own)) return importReading(own, 'move', undone);
      if (why !== undefined) return undeliveredReading(own, 'move', why);
      return makingOf(own, 'move') ?? requestReading(own, memory.refused.get(job.migration), handleOf(library, job));
  }
}

function handleOf({ connection }: Library, { migration, mark, peer }: MigrationJob): string {
  return `microstrategy:${connection.name}:${formatJobId(migration, mark, peer)}`;
}

const undoHandle = (library: Library, job: MigrationJob): string => handleOf(library, { ...job, mark: 'undo' });

interface Records {
  readonly own: Migration;
  /** The target's record; undefined until the target has begun with it. */
  readonly target: Migration | undefined;
}

async function recordsOf(library: Library, job: MigrationJob, signal: AbortSignal): Promise<Records> {
  const { migration, mark } = job;
  if (mark === 'undo') {
    const owner = job.peer === undefined ? library : await peerOf(library, job.peer);
    const own = justRead(owner, migration) ?? (await migrationOf(owner, migration, signal));
    return { own, target: own };
  }
  const own = justRead(library, migration) ?? (await library.client.migration(migration, signal));
  const isMove = mark !== 'export' && mark !== 'dry-run';
  const peer = job.peer ?? (isMove && own !== undefined && !isImport(own) ? endOf(library, own) : undefined);
  if (peer !== undefined) library.memory.ends.set(migration, peer);
  // Somebody may have deleted the package on the source since the target took it.
  const handedOver = isMove && (own === undefined || requestWord(own) === 'approved');
  if (peer === undefined || !handedOver) return { own: own ?? missing(library, migration), target: undefined };
  const owner = await peerOf(library, peer);
  const there = await owner.client.migration(migration, signal);
  if (there === undefined || !isBegun(there)) return { own: own ?? missing(library, migration), target: undefined };
  if (owner !== library) library.memory.handedOver.add(migration);
  return { own: own ?? there, target: there };
}

function missing({ connection }: Library, id: string): never {
  throw noMigration(connection.name, id);
}

async function* list(
  library: Library,
  { limit }: { readonly limit: number },
  signal: AbortSignal,
): AsyncIterable<JobSummary> {
  const records: Migration[] = [];
  for await (const record of library.client.migrations(signal)) records.push(record);
  records.sort((one, other) => bornAt(other) - bornAt(one));
  const jobs = records
    .flatMap((record) => [...undoOf(record), { ...summaryOf(library, record), record }])
    .slice(0, limit);
  const onTargets = await begunOnTargets(
    library,
    jobs.flatMap((job) => ('record' in job ? job.record : [])),
    signal,
  );
  for (const job of jobs) {
    if (!('record' in job)) {
      yield job;
      continue;
    }
    const { record, ...summary } = job;
    const begun = onTargets.get(endToAsk(library, record) ?? '');
    yield begun === undefined ? summary : { ...summary, ...afterApproval(library, record, begun.get(record.id)) };
  }
}

/** The other Library that takes an approved move. Its own record does not say whether it did. */
function endToAsk(library: Library, record: Migration): string | undefined {
  if (isImport(record) || isExport(record) || isImportedHere(record) || requestWord(record) !== 'approved')
    return undefined;
  const { peer } = listed(library, record);
  return peer === library.connection.name ? undefined : peer;
}

/** What other Libraries have begun, with one list of each. One that cannot be asked is left out. */
async function begunOnTargets(
  library: Library,
  records: readonly Migration[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ReadonlyMap<string, Migration>>> {
  const found = new Map<string, ReadonlyMap<string, Migration>>();
  for (const name of new Set(records.flatMap((record) => endToAsk(library, record) ?? []))) {
    try {
      const begun = new Map<string, Migration>();
      const { client } = await peerOf(library, name);
      for await (const there of client.migrations(signal)) if (isBegun(there)) begun.set(there.id, there);
      found.set(name, begun);
    } catch (error) {
      if (!isMigratorError(error) || error.code === 'CANCELLED') throw error;
    }
  }
  return found;
}

/** An approved move as its target shows it. One that the target has not waits for a person who starts the import. */
function afterApproval(
  library: Library,
  record: Migration,
  there: Migration | undefined,
): Pick<JobSummary, 'state' | 'wireState' | 'attended' | 'waitingFor'> {
  const job = listed(library, record);
  if (there === undefined) {
    const { state, wireState, waitingFor } = readingOf(library, record, job);
    const wait = waitOf({ state, waitingFor });
    return { state, wireState, ...(state === 'waiting' ? { attended: false, ...wait } : {}) };
  }
  const { state, wireState } = importReading(there, 'move', undoHandle(library, job));
  return { state, wireState, attended: false };
}

/** For whom or what a job waits. */
function waitOf({ state, waitingFor }: Pick<Reading, 'state' | 'waitingFor'>): Pick<JobSummary, 'waitingFor'> {
  return state !== 'waiting' || waitingFor === undefined ? {} : { waitingFor };
}

/** An undo that waits or runs is a job of its own, with a handle of its own. */
function undoOf(record: Migration): JobSummary[] {
  if (!isUndoWaiting(record) && stateWord(record.importInfo.status) !== 'undoing') return [];
  const { kind, state, wireState, waitingFor } = undoReading(record, undefined);
  const { lastUpdatedDate } = record.importInfo;
  return [
    {
      id: formatJobId(record.id, 'undo'),
      kind,
      state,
      wireState,
      ...waitOf({ state, waitingFor }),
      title: `undo of ${record.packageInfo.name ?? record.id}`,
      ...(lastUpdatedDate === undefined ? {} : { queuedAt: isoOf(lastUpdatedDate) }),
    },
  ];
}

function summaryOf(library: Library, record: Migration): JobSummary {
  const job = listed(library, record);
  const reading = readingOf(library, record, job);
  return {
    id: formatJobId(record.id, job.mark, job.peer),
    kind: reading.kind,
    state: reading.state,
    wireState: reading.wireState,
    ...(reading.attended === true ? { attended: true } : {}),
    ...waitOf(reading),
    title: record.packageInfo.name ?? record.id,
    ...(timeOf(record) === undefined ? {} : { queuedAt: isoOf(timeOf(record) ?? '') }),
  };
}

/** The job of a record. Who asked only for a request does not want a command that waits for it to approve it. */
function listed(library: Library, record: Migration): MigrationJob {
  const { id: migration, packageInfo } = record;
  const job = { migration, packageId: packageInfo.id, mark: undefined, peer: undefined };
  if (isImport(record)) return job;
  if (isExport(record)) return { ...job, mark: 'export' };
  const peer = endOf(library, record);
  const asked = peer !== undefined && requestWord(record) === 'requested' && !isImportedHere(record);
  return { ...job, mark: asked ? 'request-only' : undefined, peer };
}

function readingOf(library: Library, record: Migration, job: MigrationJob): Reading {
  if (job.mark === 'export') return exportReading(record);
  if (isImport(record)) return importReading(record, 'import', undoHandle(library, job));
  if (isImportedHere(record)) return importReading(record, 'move', undoHandle(library, job));
  return makingOf(record, 'move') ?? requestReading(record, undefined, handleOf(library, job));
}

function timeOf(record: Migration): string | undefined {
  return isImport(record)
    ? (record.importInfo.creationDate ?? record.packageInfo.creationDate)
    : record.packageInfo.creationDate;
}

function bornAt(record: Migration): number {
  const time = Date.parse(isoOf(timeOf(record) ?? ''));
  return Number.isNaN(time) ? 0 : time;
}
