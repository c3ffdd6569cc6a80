import { MigratorError } from '../../../errors.ts';
import { libraryOfPeer, type Library } from '../server.ts';
import { isUndecided } from '../wire/errors.ts';
import type { Migration } from '../wire/schemas.ts';

/** The Library at the other end, by the name in the job's id. */
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
 * Passes over the error of a change that the server shows as made. The answer may have been lost, or somebody else was
 * quicker and the server refused the second change.
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
