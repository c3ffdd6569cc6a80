import { MigratorError } from '../../../errors.ts';
import { libraryOfPeer, type Library } from '../server.ts';
import { isUndecided } from '../wire/errors.ts';
import type { Migration } from '../wire/schemas.ts';

/** The Library at the other end, by the name that the job's id carries. */
export async function peerOf({ tools }: Library, name: string): Promise<Library> {
  return libraryOfPeer({ name, adapter: await tools.peer(name) });
}

/** The migration, or NOT_FOUND. */
export async function migrationOf(
  { client, connection }: Library,
  id: string,
  signal: AbortSignal,
): Promise<Migration> {
  const migration = await client.migration(id, signal);
  if (migration !== undefined) return migration;
  throw new MigratorError('NOT_FOUND', `${connection.name} has no migration ${id}`, {
    hint: 'it was deleted there, or belongs to another instance',
  });
}

/**
 * A change of a migration that failed may have been made all the same: its answer was lost, or somebody else was quicker
 * and the server refuses the second one. What the server shows decides.
 */
export async function changedDespite(
  error: unknown,
  { client }: Library,
  id: string,
  isChanged: (now: Migration) => boolean,
  signal: AbortSignal,
): Promise<void> {
  if (!isUndecided(error)) throw error;
  const now = await client.migration(id, signal);
  if (now === undefined || !isChanged(now)) throw error;
}
