import { createHash } from 'node:crypto';
import type { Store } from '../shared/store.ts';
import { putDocument } from './instance.ts';
import { asText } from './tolerant-json.ts';

/** Keeps a process or a variable set as it is now, under an id that ends in `-s-<version>-<5 characters>`. */
export function freeze(store: Store, kind: string, id: string, occasion: string): string {
  const mark = createHash('sha256').update(`${id}|${occasion}`).digest('hex').slice(0, 5).toUpperCase();
  const entry = store.get(kind, id);
  const snapshot = `${id}-s-${asText(entry?.body['Version'], '0')}-${mark}`;
  putDocument(store, kind, { ...entry?.body, Id: snapshot, IsFrozen: true });
  return snapshot;
}
