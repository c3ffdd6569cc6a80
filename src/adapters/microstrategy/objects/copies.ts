import type { Library } from '../server.ts';
import type { MetadataObject } from '../wire/schemas.ts';

/** An object of which the rule keep_both may make a second one. The server gives that a new id. */
export interface Original {
  readonly id: string;
  readonly type: number;
  readonly name: string;
}

/** The objects beside it that have its name, alone or with a number. */
export async function copiesOf(
  { client }: Library,
  { id, type, name }: Original,
  project: string | undefined,
  signal: AbortSignal,
): Promise<readonly MetadataObject[]> {
  const copies: MetadataObject[] = [];
  for await (const object of client.search({ type, name, begins: true }, project, signal)) {
    const isCopy = /^( ?\(?\d+\)?)?$/.test((object.name ?? '').slice(name.length));
    if (isCopy && object.id.toUpperCase() !== id.toUpperCase()) copies.push(object);
  }
  return copies;
}

/** The name of a copy in plans and snapshots, because the ids and names that the server gives are not known before. */
export function copyName(name: string, earlier: number): string {
  return earlier === 0 ? `${name} (copy)` : `${name} (copy ${earlier + 1})`;
}
