import { MigratorError } from '../../../errors.ts';
import { isForbidden } from '../../shared/answers.ts';
import { formatJobId, parseJobId } from '../job-id.ts';
import type { Library } from '../server.ts';
import type { Migration } from '../wire/schemas.ts';
import { projectOf } from './advance-move.ts';
import { hasUndo, isUndoWaiting } from './job-state.ts';
import { changedDespite, keepForLook, peerOf } from './peers.ts';
import { stateWord } from './state-word.ts';

/**
 * Undoes an import on the Library that imported (undo migration, steps 1 and 2). CONFLICT with the reason, before
 * anything is requested, when the product cannot: nothing was imported, there is no undo package, or the product does
 * not revert these objects.
 */
export async function undo(library: Library, jobId: string, signal: AbortSignal): Promise<string> {
  const job = parseJobId(jobId);
  if (job.mark === 'export' || job.mark === 'dry-run')
    throw new MigratorError('CONFLICT', `${jobId} changed nothing, so there is nothing to undo`);
  const owner = job.peer === undefined ? library : await peerOf(library, job.peer);
  const id = formatJobId(job.migration, 'undo', job.peer);
  const record = await importedThere(owner, job.migration, signal);
  if (stateWord(record.importInfo.status) === 'undoing') return id;
  await requireUndoable(owner, record, signal);
  if (stateWord(record.importInfo.undoRequestStatus) !== 'requested') {
    const body = { importInfo: { undoRequestStatus: 'requested' } };
    await patched(owner, job.migration, body, undefined, ['requested', 'approved'], signal);
  }
  await approveUndo(owner, record, signal);
  return id;
}

/** Approves a requested undo: a process may have died between the two calls, or an administrator came later. */
export async function advanceUndo(library: Library, jobId: string, signal: AbortSignal): Promise<void> {
  const { migration, peer } = parseJobId(jobId);
  const owner = peer === undefined ? library : await peerOf(library, peer);
  const record = await owner.client.migration(migration, signal);
  if (record === undefined) return;
  const isDue = isUndoWaiting(record) && !owner.memory.refused.has(migration);
  if (isDue) await approveUndo(owner, record, signal);
  else keepForLook(owner, migration, record);
}

/** Approves the undo. An account that is no administrator only leaves the request. */
async function approveUndo(owner: Library, record: Migration, signal: AbortSignal): Promise<void> {
  try {
    const body = { importInfo: { undoRequestStatus: 'approved' } };
    await patched(owner, record.id, body, projectOf(record), ['approved'], signal);
  } catch (error) {
    if (!isForbidden(error)) throw error;
    owner.memory.refused.set(record.id, error.message);
  }
}

async function patched(
  owner: Library,
  id: string,
  body: object,
  project: string | undefined,
  words: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  try {
    await owner.client.patchMigration(id, body, project, signal);
  } catch (error) {
    const isChanged = ({ importInfo: { undoRequestStatus: now } }: Migration) =>
      words.some((word) => word === stateWord(now));
    await changedDespite(error, owner, id, isChanged, signal);
  }
}

async function importedThere(owner: Library, id: string, signal: AbortSignal): Promise<Migration> {
  const record = await owner.client.migration(id, signal);
  if (record !== undefined) return record;
  throw new MigratorError('CONFLICT', `${owner.connection.name} has no migration ${id}, so there is nothing to undo`, {
    hint: 'it was not imported there yet, or the package was deleted and its undo with it',
  });
}

const undoable = ['imported', 'import_failed', 'undo_failed'];

async function requireUndoable(owner: Library, record: Migration, signal: AbortSignal): Promise<void> {
  const status = stateWord(record.importInfo.status);
  const refuse = (why: string, hint?: string): MigratorError =>
    new MigratorError('CONFLICT', `the import ${record.id} cannot be undone: ${why}`, { hint });
  if (status === 'undo_success') throw refuse('it was undone already');
  if (!undoable.includes(status)) throw refuse(`it is ${status}`, 'only an import that has ended can be undone');
  if (record.packageInfo.containsExtensionObject === true)
    throw refuse('its package holds a Mosaic schema, which MicroStrategy does not revert');
  if (hasUndo(record)) return;
  throw (await usesKeepBoth(owner, record.id, signal))
    ? refuse('the package uses the rule keep_both, for which the server makes no undo package')
    : refuse('the server made no undo package', 'the rule keep_both in the package is the usual reason');
}

async function usesKeepBoth(owner: Library, id: string, signal: AbortSignal): Promise<boolean> {
  const { packageInfo } = await owner.client.migrationContent(id, signal);
  return /"(?:action|defaultAction)":\s*"keep_both"/.test(JSON.stringify(packageInfo['tocView'] ?? {}));
}
