import { MigratorError } from '../../../errors.ts';
import { formatJobId, parseJobId } from '../job-id.ts';
import type { Library } from '../server.ts';
import type { Migration } from '../wire/schemas.ts';
import { projectOf } from './advance-move.ts';
import { changedDespite, migrationOf, peerOf } from './peers.ts';
import { stateWord } from './state-word.ts';

type Decision = 'approved' | 'rejected';

/**
 * Approves or rejects what a migration waits for: its import on the source, or its undo on the target. The undo of an
 * import is decided only with the handle of the undo. CONFLICT names that handle, so that nobody rolls back an import
 * by approving it.
 */
export async function decide(library: Library, jobId: string, word: Decision, signal: AbortSignal): Promise<void> {
  const { migration, mark, peer } = parseJobId(jobId);
  const owner = mark === 'undo' && peer !== undefined ? await peerOf(library, peer) : library;
  const record = await migrationOf(owner, migration, signal);
  const what = waitsFor(record);
  if (mark !== 'undo' && (await isUndoWaiting(library, record, peer, signal))) {
    const handle = `microstrategy:${library.connection.name}:${formatJobId(migration, 'undo', peer)}`;
    throw new MigratorError(
      'CONFLICT',
      `the import ${jobId} does not wait for a decision, but its undo does: an approval would roll the import back`,
      { hint: `decide the undo with its own handle: ${handle}`, details: { waitsFor: 'undo', handle } },
    );
  }
  if (what === undefined || (mark === 'undo' && what !== 'undo')) {
    throw new MigratorError('CONFLICT', `${jobId} does not wait for a decision: ${standing(record)}`, {
      hint: 'look at it with "migrator job show"',
    });
  }
  const body = { importInfo: what === 'undo' ? { undoRequestStatus: word } : { importRequestStatus: word } };
  const header = what === 'undo' && word === 'approved' ? projectOf(record) : undefined;
  try {
    await owner.client.patchMigration(migration, body, header, signal);
  } catch (error) {
    const decided = ({ importInfo }: Migration) =>
      (what === 'undo' ? importInfo.undoRequestStatus : importInfo.importRequestStatus) === word;
    await changedDespite(error, owner, migration, decided, signal);
  }
  owner.memory.refused.delete(migration);
}

function waitsFor({ importInfo }: Migration): 'undo' | 'import' | undefined {
  if (stateWord(importInfo.undoRequestStatus) === 'requested') return 'undo';
  return stateWord(importInfo.importRequestStatus) === 'requested' ? 'import' : undefined;
}

/** The undo of a move waits on its target, which has a record of its own. */
async function isUndoWaiting(
  library: Library,
  record: Migration,
  peer: string | undefined,
  signal: AbortSignal,
): Promise<boolean> {
  const what = waitsFor(record);
  if (what !== undefined || peer === undefined) return what === 'undo';
  const there = await (await peerOf(library, peer)).client.migration(record.id, signal);
  return there !== undefined && waitsFor(there) === 'undo';
}

function standing({ packageInfo, importInfo }: Migration): string {
  return `the package is ${packageInfo.status}, the request is ${importInfo.importRequestStatus ?? 'unknown'}, the import is ${importInfo.status}`;
}
