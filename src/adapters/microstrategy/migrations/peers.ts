import { MigratorError } from '../../../errors.ts';
import { libraryUrl } from '../connection.ts';
import { libraryOfPeer, type Library } from '../server.ts';
import { isUndecided } from '../wire/errors.ts';
import type { Migration } from '../wire/schemas.ts';

/** The Library at the other end, by the name in the job's id. */
export async function peerOf({ tools }: Library, name: string): Promise<Library> {
  return libraryOfPeer({ name, adapter: await tools.peer(name) });
}

/**
 * The instance to which a migration goes: the one with the URL in its record. An embedded instance has another port in
 * each process, so its name counts. Undefined when the rc file has none, and for a package without a target.
 */
export function endOf({ connection, tools }: Library, { importInfo: { environment } }: Migration): string | undefined {
  const { id, name } = environment;
  if (id === undefined || id === '') return undefined;
  const url = libraryUrl(id);
  const all = tools.peers().filter(({ product }) => product === 'microstrategy');
  const there = all.filter((one) => libraryUrl(one.url) === url);
  const named = all.find((one) => one.name === name && one.url.startsWith('embedded:'));
  const found = there.find((one) => one.name === name) ?? there[0] ?? named;
  return found?.name ?? (url === connection.url ? connection.name : undefined);
}

/** Keeps a record that was read to see whether a call is due. None was, so it shows the state of the job as well. */
export function keepForLook({ memory, tools }: Library, id: string, record: Migration): void {
  memory.records.set(id, { record, at: tools.clock.now() });
}

const freshMs = 1_000;

/** That record, for the look that comes right after. */
export function justRead({ memory, tools }: Library, id: string): Migration | undefined {
  const kept = memory.records.get(id);
  memory.records.delete(id);
  return kept !== undefined && tools.clock.now().getTime() - kept.at.getTime() < freshMs ? kept.record : undefined;
}

/** The migration, or NOT_FOUND. */
export async function migrationOf(
  { client, connection }: Library,
  id: string,
  signal: AbortSignal,
): Promise<Migration> {
  const migration = await client.migration(id, signal);
  if (migration !== undefined) return migration;
  throw noMigration(connection.name, id);
}

export function noMigration(instance: string, id: string): MigratorError {
  return new MigratorError('NOT_FOUND', `${instance} has no migration ${id}`, {
    hint: 'it was deleted there, or belongs to another instance; "migrator job list --from <instance>" shows what is there',
    details: { missing: [id] },
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
