import { MigratorError } from '../../../errors.ts';
import type { Library } from '../server.ts';
import type { MetadataObject } from '../wire/schemas.ts';
import type { WantedObject } from './object-list.ts';
import { namedObjects } from './named-objects.ts';
import { typeName } from './object-types.ts';

export interface ResolvedObject extends WantedObject {
  readonly id: string;
  readonly name: string;
  /** The object on the source. */
  readonly source: MetadataObject;
}

/**
 * Looks every wanted object up on the source, by its id or name. NOT_FOUND names all missing objects at once; USAGE
 * when a name fits several.
 */
export async function resolveObjects(
  { client, connection }: Library,
  wanted: readonly WantedObject[],
  project: string | undefined,
  signal: AbortSignal,
): Promise<readonly ResolvedObject[]> {
  const resolved: ResolvedObject[] = [];
  const missing: string[] = [];
  for (const one of wanted) {
    const found = one.isId
      ? await client.object(one.named.toUpperCase(), one.type, project, signal)
      : await byName(client, one, project, signal);
    if (found === undefined) missing.push(`${one.named} (${typeName(one.type)})`);
    else resolved.push({ ...one, id: found.id, name: found.name ?? one.named, source: found });
  }
  if (missing.length === 0) return resolved;
  throw new MigratorError('NOT_FOUND', `${connection.name} does not have ${missing.join(', ')}`, {
    hint: `an object is looked for with its type; "migrator inventory report --from ${connection.name}" lists the reports, and so for other types`,
    details: { missing },
  });
}

async function byName(
  client: Library['client'],
  wanted: WantedObject,
  project: string | undefined,
  signal: AbortSignal,
): Promise<MetadataObject | undefined> {
  const { named, type } = wanted;
  const found = await namedObjects({ client }, wanted, project, signal);
  const exact = found.filter(({ name }) => name === named);
  const candidates = exact.length > 0 ? exact : found;
  if (candidates.length > 1) {
    throw new MigratorError('USAGE', `more than one ${typeName(type)} is called ${named}`, {
      hint: `name it by its id: ${candidates.map(({ id }) => id).join(', ')}`,
      details: { ambiguous: [named] },
    });
  }
  const [only] = candidates;
  if (only === undefined) return undefined;
  // In some releases the search tells neither version nor time of change.
  return (await client.object(only.id, type, project, signal)) ?? only;
}
