import type { Library } from '../server.ts';
import type { MetadataObject } from '../wire/schemas.ts';
import type { WantedObject } from './object-list.ts';
import { user } from './object-types.ts';

/** The objects of a type with that name, in any case of its letters. A user is also found by the name of its login. */
export async function namedObjects(
  { client }: Pick<Library, 'client'>,
  { named, type }: Pick<WantedObject, 'named' | 'type'>,
  project: string | undefined,
  signal: AbortSignal,
): Promise<readonly MetadataObject[]> {
  const found: MetadataObject[] = [];
  for await (const object of client.search({ type, name: named }, project, signal)) {
    if (object.name?.toLowerCase() === named.toLowerCase()) found.push(object);
  }
  if (found.length > 0 || type !== user) return found;
  const logins = await client.usersByLogin(named, signal);
  return logins
    .filter(({ username, abbreviation }) => (username ?? abbreviation)?.toLowerCase() === named.toLowerCase())
    .map((one) => ({ ...one, type }));
}
