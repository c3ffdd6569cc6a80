import { MigratorError } from '../../../errors.ts';
import { parseJobId } from '../job-id.ts';
import type { Library } from '../server.ts';
import type { Migration } from '../wire/schemas.ts';
import { projectOf } from './advance-move.ts';
import { changedDespite, migrationOf, peerOf } from './peers.ts';

type Decision = 'approved' | 'rejected';

/** Approves or rejects what a migration waits for: its import on the source, or its undo on the target. */
export async function decide(library: Library, jobId: string, word: Decision, signal: AbortSignal): Promise<void> {
  const { migration, mark, peer } = parseJobId(jobId);
  const owner = mark === 'undo' && peer !== undefined ? await peerOf(library, peer) : library;
  const record = await migrationOf(owner, migration, signal);
  const { undoRequestStatus, importRequestStatus } = record.importInfo;
  const what = undoRequestStatus === 'requested' ? 'undo' : importRequestStatus === 'requested' ? 'import' : undefined;
  if (what === undefined || (mark === 'undo' && what !== 'undo')) {
    throw new MigratorError('CONFLICT', `${jobId} waits for no decision: ${standing(record)}`, {
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

function standing({ packageInfo, importInfo }: Migration): string {
  return `the package is ${packageInfo.status}, the request is ${importInfo.importRequestStatus ?? 'unknown'}, the import is ${importInfo.status}`;
}
