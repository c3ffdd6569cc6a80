import type { Entry, Store } from '../../shared/store.ts';
import { objectKind, readObject } from '../metadata/object.ts';
import { dependentsOf, inUseText } from '../metadata/used-by.ts';
import { WorkFailure } from './package-content.ts';

/** A row as it was before an import. Without an entry it did not exist. */
export interface Image {
  readonly kind: string;
  readonly id: string;
  readonly before: Entry | null;
}

/** The rows that an import changed, in the order of their first change. */
export interface UndoContent {
  readonly kind: 'undo';
  readonly release: string;
  readonly images: readonly Image[];
}

/** Writes to the store and remembers the former rows. */
export interface Recorder {
  readonly put: (entry: Entry) => void;
  readonly remove: (kind: string, id: string) => void;
  readonly images: () => readonly Image[];
}

export function createRecorder(store: Store): Recorder {
  const images = new Map<string, Image>();
  const remember = (kind: string, id: string) => {
    const key = `${kind} ${id}`;
    if (!images.has(key)) images.set(key, { kind, id, before: store.get(kind, id) ?? null });
  };
  return {
    put(entry) {
      remember(entry.kind, entry.id);
      store.put(entry);
    },
    remove(kind, id) {
      remember(kind, id);
      store.remove(kind, id);
    },
    images: () => [...images.values()],
  };
}

/** Fails when a later object needs one that the undo would delete. */
function checkRemovals(store: Store, images: readonly Image[]): void {
  const touched = new Set(images.map(({ id }) => id));
  for (const { kind, id, before } of images) {
    const entry = before === null && kind === objectKind ? store.get(kind, id) : undefined;
    if (entry?.container === undefined) continue;
    const object = readObject(entry);
    const user = dependentsOf(store, entry.container, object.id).find(({ key }) => !touched.has(key));
    if (user !== undefined) throw new WorkFailure(inUseText(object, user));
  }
}

/** Restores every row. Call it in a transaction. */
export function applyUndo(store: Store, { images }: UndoContent): void {
  checkRemovals(store, images);
  for (const { kind, id, before } of images) {
    if (before === null) store.remove(kind, id);
    else store.put(before);
  }
}
