import type { Jobs, JobStatus, JobSummary, LogLine } from '../../ports/job.ts';
import { formatJobId, parseJobId, type MigrationJob } from './job-id.ts';
import { advanceMove } from './migrations/advance-move.ts';
import { advanceValidation } from './migrations/advance-validation.ts';
import { decide } from './migrations/decide.ts';
import {
  exportReading,
  importReading,
  isUndoWaiting,
  isoOf,
  makingOf,
  requestReading,
  undeliveredReading,
  undoReading,
  validationReading,
  type Reading,
} from './migrations/job-state.ts';
import { migrationLog } from './migrations/migration-log.ts';
import { justRead, migrationOf, peerOf } from './migrations/peers.ts';
import { advanceUndo, undo } from './migrations/undo.ts';
import type { Library } from './server.ts';
import type { Migration } from './wire/schemas.ts';

export function createJobs(library: Library): Jobs {
  return {
    status: async (id, signal): Promise<JobStatus> => ({ id, ...(await read(library, parseJobId(id), signal)) }),
    log: async function* (id, signal): AsyncIterable<LogLine> {
      const { own, target } = await recordsOf(library, parseJobId(id), signal);
      yield* migrationLog(own, target);
    },
    list: (options, signal) => list(library, options, signal),
    advance: async (id, signal) => {
      const job = parseJobId(id);
      if (job.mark === 'undo') return advanceUndo(library, id, signal);
      if (job.mark === 'dry-run') return advanceValidation(library, job, signal);
      if (job.mark !== 'export' && job.peer !== undefined) return advanceMove(library, job, signal);
    },
    approve: (id, signal) => decide(library, id, 'approved', signal),
    reject: (id, signal) => decide(library, id, 'rejected', signal),
    undo: (id, signal) => undo(library, id, signal),
  };
}

async function read(library: Library, job: MigrationJob, signal: AbortSignal): Promise<Reading> {
  const isMove = job.mark === undefined || job.mark === 'request-only';
  if (isMove && job.peer !== undefined && library.memory.handedOver.has(job.migration)) {
    const owner = await peerOf(library, job.peer);
    const there = justRead(owner, job.migration) ?? (await owner.client.migration(job.migration, signal));
    if (there !== undefined && isBegun(there)) return importReading(there, 'move');
  }
  const { own, target } = await recordsOf(library, job, signal);
  const { memory } = library;
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
      if (job.peer === undefined && isImport(own)) return importReading(own, 'import');
      if (job.peer === undefined && isExport(own)) return exportReading(own);
      if (target !== undefined) return importReading(target, 'move');
      if (isImportedHere(own)) return importReading(own, 'move');
      if (why !== undefined) return undeliveredReading(own, 'move', why);
      return makingOf(own, 'move') ?? requestReading(own, memory.refused.get(job.migration));
  }
}

interface Records {
  readonly own: Migration;
  /** The target's record; undefined until the target has begun with it. */
  readonly target: Migration | undefined;
}

async function recordsOf(library: Library, job: MigrationJob, signal: AbortSignal): Promise<Records> {
  const { migration, mark, peer } = job;
  if (mark === 'undo') {
    const owner = peer === undefined ? library : await peerOf(library, peer);
    const own = justRead(owner, migration) ?? (await migrationOf(owner, migration, signal));
    return { own, target: own };
  }
  const own = justRead(library, migration) ?? (await migrationOf(library, migration, signal));
  const handedOver = peer !== undefined && mark !== 'export' && mark !== 'dry-run' && isApproved(own);
  if (!handedOver) return { own, target: undefined };
  const owner = await peerOf(library, peer);
  const there = await owner.client.migration(migration, signal);
  if (there === undefined || !isBegun(there)) return { own, target: undefined };
  if (owner !== library) library.memory.handedOver.add(migration);
  return { own, target: there };
}

function isBegun({ packageInfo, importInfo }: Migration): boolean {
  return packageInfo.replicated === true || importInfo.status !== 'pending';
}

function isApproved({ importInfo: { importRequestStatus } }: Migration): boolean {
  return importRequestStatus === 'approved';
}

/** Whether this Library imported the package, and did not make it. */
function isImport({ packageInfo: { replicated, purpose } }: Migration): boolean {
  return replicated === true || purpose === 'migration_from_shared_file_store';
}

/** Whether the import has begun on this Library. In a move within one Library there is only one record. */
function isImportedHere({ importInfo: { status } }: Migration): boolean {
  return status !== 'pending';
}

/** Whether the record is of an export: a package without a target. */
function isExport({ importInfo: { environment } }: Migration): boolean {
  return environment.id === undefined || environment.id === '';
}

async function* list(
  library: Library,
  { limit }: { readonly limit: number },
  signal: AbortSignal,
): AsyncIterable<JobSummary> {
  const records: Migration[] = [];
  for await (const record of library.client.migrations(signal)) records.push(record);
  records.sort((one, other) => bornAt(other) - bornAt(one));
  const jobs = records.flatMap((record) => [...undoOf(record), summaryOf(record)]);
  yield* jobs.slice(0, limit);
}

/** An undo that waits or runs is a job of its own, with a handle of its own. */
function undoOf(record: Migration): JobSummary[] {
  if (!isUndoWaiting(record) && record.importInfo.status !== 'undoing') return [];
  const { kind, state, wireState } = undoReading(record, undefined);
  const { lastUpdatedDate } = record.importInfo;
  return [
    {
      id: formatJobId(record.id, 'undo'),
      kind,
      state,
      wireState,
      title: `undo of ${record.packageInfo.name ?? record.id}`,
      ...(lastUpdatedDate === undefined ? {} : { queuedAt: isoOf(lastUpdatedDate) }),
    },
  ];
}

function summaryOf(record: Migration): JobSummary {
  const isMark = !isImport(record) && isExport(record);
  const reading = isMark
    ? exportReading(record)
    : isImport(record)
      ? importReading(record, 'import')
      : isImportedHere(record)
        ? importReading(record, 'move')
        : (makingOf(record, 'move') ?? requestReading(record, undefined));
  return {
    id: formatJobId(record.id, isMark ? 'export' : undefined),
    kind: reading.kind,
    state: reading.state,
    wireState: reading.wireState,
    title: record.packageInfo.name ?? record.id,
    ...(timeOf(record) === undefined ? {} : { queuedAt: isoOf(timeOf(record) ?? '') }),
  };
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
