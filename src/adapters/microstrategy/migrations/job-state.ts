import { plural } from '../../../plural.ts';
import type { JobKind, JobMessage, JobState, JobStatus } from '../../../ports/job.ts';
import { remedyOf, tellsUnreadableFile } from '../wire/errors.ts';
import type { Migration } from '../wire/schemas.ts';
import { stateWord } from './state-word.ts';

/** The status of one part of a migration, as its record shows it, without the job's id. */
export type Reading = Omit<JobStatus, 'id'>;

type Facts = Pick<Reading, 'state' | 'wireState'> & Partial<Reading>;

const administrator = 'an administrator';

function reading(kind: JobKind, { creationDate, lastUpdatedDate }: Times, facts: Facts): Reading {
  const over = ['succeeded', 'partial', 'failed', 'cancelled'].includes(facts.state);
  return {
    kind,
    messages: [],
    ...(creationDate === undefined ? {} : { queuedAt: isoOf(creationDate), startedAt: isoOf(creationDate) }),
    ...(over && lastUpdatedDate !== undefined ? { finishedAt: isoOf(lastUpdatedDate) } : {}),
    ...facts,
  };
}

interface Times {
  readonly creationDate?: string | undefined;
  readonly lastUpdatedDate?: string | undefined;
}

/** The server's `+0000` is no ISO 8601 offset. */
export function isoOf(time: string): string {
  const milliseconds = Date.parse(time.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
  return Number.isNaN(milliseconds) ? time : new Date(milliseconds).toISOString();
}

/** A message of the server. `isShared`: the servers themselves carry the package of this job. */
function said(level: JobMessage['level'], text: string | undefined, isShared = false): JobMessage[] {
  if (text === undefined || text.trim() === '') return [];
  const remedy = remedyOf(text, isShared);
  return [{ level, text: remedy === undefined ? text : `${text} (${remedy})` }];
}

function failure(text: string | undefined, otherwise: string, isShared = false): readonly JobMessage[] {
  const messages = said('error', text, isShared);
  return messages.length > 0 ? messages : [{ level: 'error', text: otherwise }];
}

function fractionOf(progress: number | undefined): Pick<Reading, 'fraction'> {
  return progress === undefined ? {} : { fraction: Math.min(1, Math.max(0, progress / 100)) };
}

export function warningsOf({ packageInfo: { warnings } }: Migration): readonly JobMessage[] {
  return warnings.flatMap(({ message, bannedObjectCount }) => {
    const count = bannedObjectCount === undefined ? '' : ` (${plural(bannedObjectCount, 'object')})`;
    return message === undefined ? [] : said('warning', `${message}${count}`);
  });
}

/** The status while the server makes the package. Undefined when the package is made and still there. */
export function makingOf(migration: Migration, kind: JobKind): Reading | undefined {
  const { packageInfo: info } = migration;
  switch (stateWord(info.status)) {
    case 'created':
    case 'locked':
      if (!isDeleted(migration)) return undefined;
      return reading(kind, info, {
        state: 'failed',
        wireState: info.status,
        messages: [{ level: 'error', text: 'the package was deleted on the server that made it' }],
      });
    case 'create_failed':
      return reading(kind, info, {
        state: 'failed',
        wireState: info.status,
        messages: failure(info.message, 'the server could not make the package and does not say why'),
      });
    case 'empty':
      return reading(kind, info, { state: 'queued', wireState: info.status, ...attendedBy(kind) });
    default:
      return reading(kind, info, {
        state: 'running',
        wireState: info.status,
        activity: 'the package is made',
        ...fractionOf(info.progress),
        ...unlessKnown(info.status, 'creating'),
        ...attendedBy(kind),
      });
  }
}

/** After the package of a move or a validation, migrator makes the next call. */
function attendedBy(kind: JobKind): Pick<Reading, 'attended'> {
  return kind === 'export' ? {} : { attended: true };
}

/** Whether the storage no longer has the package of a record. */
export function isDeleted({ packageInfo: { deleted, existing } }: Migration): boolean {
  return deleted === true || existing === false;
}

function unlessKnown(status: string | undefined, ...known: readonly string[]): Pick<Reading, 'unclear'> {
  return status === undefined || known.includes(stateWord(status)) ? {} : { unclear: true };
}

export function exportReading(migration: Migration): Reading {
  const making = makingOf(migration, 'export');
  if (making !== undefined) return making;
  const messages = warningsOf(migration);
  const { packageInfo: info } = migration;
  return reading('export', info, {
    state: messages.length > 0 ? 'partial' : 'succeeded',
    wireState: info.status,
    messages,
    fraction: 1,
  });
}

/**
 * The status of an import on the Library that imports. Only `imported` is a success. `undo` is the handle of its undo.
 */
export function importReading(migration: Migration, kind: JobKind, undo: string): Reading {
  const { importInfo: info } = migration;
  const base = (facts: Omit<Facts, 'wireState'>) => reading(kind, info, { ...facts, wireState: info.status });
  const status = stateWord(info.status);
  switch (status) {
    case 'imported':
    case 'undo_failed': {
      const messages = [...warningsOf(migration), ...said('warning', info.message)];
      const notUndoable: JobMessage[] = hasUndo(migration)
        ? []
        : [{ level: 'warning', text: 'the server made no undo package: this import cannot be undone' }];
      const undoFailed: JobMessage[] =
        status === 'undo_failed' ? [{ level: 'warning', text: 'an undo of it was tried and failed' }] : [];
      return base({
        state: messages.length > 0 ? 'partial' : 'succeeded',
        messages: [...messages, ...notUndoable, ...undoFailed, ...waitingUndo(migration, undo)],
        fraction: 1,
      });
    }
    case 'import_failed':
      return base({
        state: 'failed',
        messages: [
          ...failure(info.message, 'the import failed and the server does not say why', kind === 'move'),
          ...waitingUndo(migration, undo),
        ],
        ...(tellsUnreadableFile(info.message ?? '') ? { undelivered: true } : {}),
      });
    case 'undo_success':
      return base({ state: 'cancelled', messages: [{ level: 'info', text: 'the import was undone' }] });
    case 'pending':
      return base({ state: 'queued' });
    default:
      return base({
        state: 'running',
        activity: 'the target imports the package',
        ...fractionOf(info.progress),
        ...unlessKnown(info.status, 'importing', 'undoing'),
      });
  }
}

/** A waiting undo is a job of its own. Whoever looks at the import should know of it. */
function waitingUndo(migration: Migration, handle: string): JobMessage[] {
  if (!isUndoWaiting(migration)) return [];
  const text = `its undo waits for ${administrator} to approve it: migrator job approve ${handle}`;
  return [{ level: 'info', text }];
}

export function isUndoWaiting({ importInfo: { undoRequestStatus, status } }: Migration): boolean {
  const word = stateWord(status);
  return stateWord(undoRequestStatus) === 'requested' && word !== 'undoing' && word !== 'undo_success';
}

export function hasUndo({ importInfo: { undoStorage } }: Migration): boolean {
  return undoStorage.path !== undefined && undoStorage.path !== '';
}

/**
 * The status of an import as the source shows it, until the target has a record of its own. `handle` is that of the
 * move: no server goes on with it by itself.
 */
export function requestReading(migration: Migration, refused: string | undefined, handle: string): Reading {
  const { packageInfo } = migration;
  const base = (state: JobState, wireState: string, more: Partial<Reading> = {}) =>
    reading('move', packageInfo, { state, wireState, ...more });
  const goesOn = { waitingFor: `migrator to go on with it: migrator job wait ${handle}`, attended: true };
  switch (requestWord(migration)) {
    case 'requested':
      return base('waiting', 'requested', {
        waitingFor: `${administrator} to approve the import${refused === undefined ? '' : ` (${refused})`}`,
      });
    case 'rejected':
      return base('failed', 'rejected', { messages: [{ level: 'error', text: 'the import was rejected' }] });
    case 'approved':
      return base('waiting', 'approved', goesOn);
    default:
      return stateWord(packageInfo.status) === 'locked'
        ? base('waiting', packageInfo.status, { waitingFor: 'the package to be unlocked: another migration holds it' })
        : base('waiting', packageInfo.status, goesOn);
  }
}

/** The decision about the import. One of the documents shows `importing` where others show `approved`. */
export function requestWord({ importInfo: { importRequestStatus } }: Migration): string | undefined {
  const word = stateWord(importRequestStatus);
  return word === 'importing' || word === 'imported' ? 'approved' : word;
}

export function undeliveredReading(migration: Migration, kind: JobKind, why: string): Reading {
  const wireState = migration.importInfo.importRequestStatus ?? migration.packageInfo.status;
  return reading(kind, migration.packageInfo, {
    state: 'failed',
    wireState,
    messages: said('error', why, true),
    undelivered: true,
  });
}

/** The status of a validation, which the source shows. A validation changes nothing. */
export function validationReading(migration: Migration): Reading {
  const { validation } = migration;
  const wireState = validation?.status ?? migration.packageInfo.status;
  const base = (facts: Omit<Facts, 'wireState'>) => reading('dry-run', validation ?? {}, { ...facts, wireState });
  switch (stateWord(validation?.status)) {
    case 'validated':
      return base({ state: 'succeeded', messages: [...warningsOf(migration), ...said('info', validation?.message)] });
    case 'validation_failed':
      return base({
        state: 'failed',
        messages: failure(validation?.message, 'the validation failed and the server does not say why', true),
      });
    default:
      return base({
        state: 'running',
        activity: 'the target validates',
        ...fractionOf(validation?.progress),
        ...unlessKnown(validation?.status, 'validating'),
      });
  }
}

export function undoReading(migration: Migration, refused: string | undefined): Reading {
  const { importInfo: info } = migration;
  const base = (facts: Omit<Facts, 'wireState'>, wireState = info.status) =>
    reading('undo', { lastUpdatedDate: info.lastUpdatedDate }, { ...facts, wireState });
  switch (stateWord(info.status)) {
    case 'undo_success':
      return base({ state: 'succeeded', messages: said('info', info.message), fraction: 1 });
    case 'undo_failed':
      if (stateWord(info.undoRequestStatus) === 'requested') break;
      return base({
        state: 'failed',
        messages: failure(info.message, 'the undo failed and the server does not say why'),
      });
    case 'undoing':
      return base({ state: 'running', activity: 'the target undoes the import' });
  }
  switch (stateWord(info.undoRequestStatus)) {
    case 'requested':
      return base(
        {
          state: 'waiting',
          waitingFor: `${administrator} to approve the undo${refused === undefined ? '' : ` (${refused})`}`,
        },
        'requested',
      );
    case 'rejected':
      return base({ state: 'failed', messages: [{ level: 'error', text: 'the undo was rejected' }] }, 'rejected');
    default:
      return base({ state: 'running' });
  }
}
