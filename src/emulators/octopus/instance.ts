import type { Json } from '../shared/json.ts';
import type { EmulatedServer } from '../shared/start-emulated.ts';
import type { Entry, Store } from '../shared/store.ts';
import { kindNamed } from './kinds.ts';
import { absent } from './refusal.ts';
import { asText } from './tolerant-json.ts';
import type { Edition } from './edition.ts';
import type { Vault } from './vault.ts';

/** One emulated Octopus server: what its routes and its engine share. Its directory holds `packages/` and `work/`. */
export interface Instance extends EmulatedServer, Edition {
  readonly vault: Vault;
}

/** `yyyy-MM-ddTHH:mm:ss.fff+00:00`. */
export const wireDate = (date: Date): string => date.toISOString().replace('Z', '+00:00');

export const defaultSpace = 'Spaces-1';

/** Adds or replaces a document; its space and name come from the body. */
export function putDocument(store: Store, kindName: string, body: Json): Entry {
  const kind = kindNamed(kindName);
  const id = asText(body['Id']);
  const version = typeof body['Version'] === 'string' ? body['Version'] : undefined;
  const name = body['Name'] ?? version ?? body['Username'] ?? id;
  const entry: Entry = {
    kind: kind.name,
    id,
    container: kind.scoped ? asText(body['SpaceId'], defaultSpace) : undefined,
    name: asText(name, id),
    body,
  };
  store.put(entry);
  return entry;
}

export const newId = (store: Store, kindName: string): string => `${kindName}-${store.next(kindName)}`;

/** A document by id; 404 otherwise. */
export function needDocument(store: Store, kindName: string, id: string): Entry {
  const entry = store.get(kindName, id);
  if (entry === undefined) throw absent(id);
  return entry;
}

/** `Web Shop 2` becomes `web-shop-2`. */
export const slugOf = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
