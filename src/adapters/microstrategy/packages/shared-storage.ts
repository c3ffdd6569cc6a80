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

/** The storage of a Library. `unknown` when the account may not ask, or the release does not tell. */
export async function storageOf(library: Library, signal: AbortSignal): Promise<Storage | 'unknown'> {
  return (library.memory.storage = await ask(library, signal));
}

async function ask({ client }: Library, signal: AbortSignal): Promise<Storage | 'unknown'> {
  try {
    return (await client.storage(signal)) ?? 'unknown';
  } catch (error) {
    // The server says that there is no Storage Service, or that it has no location.
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

/**
 * Why one Library cannot read a package of the other, as a sentence. Undefined when it can, or when the Libraries do
 * not tell.
 */
export async function sharedStorageObstacle(
  source: Library,
  target: Library,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (source.connection.url === target.connection.url) return undefined;
  const one = source.memory.storage ?? (await storageOf(source, signal));
  const other = target.memory.storage ?? (await storageOf(target, signal));
  if (one === 'unknown' || other === 'unknown') return undefined;
  if (!isConfigured(one)) return `${source.connection.name} has no storage for packages`;
  if (!isConfigured(other)) return `${target.connection.name} has no storage for packages`;
  return places.every((place) => one[place] === other[place])
    ? undefined
    : `the two Libraries do not share one storage for packages`;
}
