import { isMigratorError } from '../../../errors.ts';
import { isForbidden } from '../../shared/answers.ts';
import type { Library } from '../server.ts';
import type { Storage } from '../wire/schemas.ts';

const nowhere: Storage = {
  type: 'unset',
  alias: undefined,
  location: undefined,
  s3Region: undefined,
  configured: false,
};

/** What the Library says of its storage; `unknown` when the account may not ask, or the release does not tell. */
export async function storageOf({ client }: Library, signal: AbortSignal): Promise<Storage | 'unknown'> {
  try {
    return (await client.storage(signal)) ?? 'unknown';
  } catch (error) {
    // The Storage Service itself says that there is none, or that it has no place.
    if (isMigratorError(error) && error.details['noStorage'] === true) return nowhere;
    const told = isMigratorError(error, 'NOT_FOUND', 'UNSUPPORTED') || isForbidden(error);
    if (told) return 'unknown';
    throw error;
  }
}

export function isConfigured({ type, configured }: Storage): boolean {
  return configured !== false && type !== 'unset';
}

const places = ['type', 'location', 'alias', 's3Region'] as const;

/** Why a package that one Library makes cannot be read by the other, as far as both tell; undefined when they do not. */
export async function sharedStorageObstacle(
  source: Library,
  target: Library,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (source.connection.url === target.connection.url) return undefined;
  const [one, other] = [await storageOf(source, signal), await storageOf(target, signal)];
  if (one === 'unknown' || other === 'unknown') return undefined;
  if (!isConfigured(one)) return `${source.connection.name} has no storage for packages`;
  if (!isConfigured(other)) return `${target.connection.name} has no storage for packages`;
  return places.every((place) => one[place] === other[place])
    ? undefined
    : `the two Libraries do not share one storage for packages`;
}
