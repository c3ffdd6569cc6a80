import type { Entry, Store } from '../../shared/store.ts';
import { objectKind, readObject } from '../metadata/object.ts';
import { dependentsOf, inUseText } from '../metadata/used-by.ts';
import { WorkFailure } from './package-content.ts';

/** One row as it was before an import; without an entry it was not there. */
export interface Image {
  readonly kind: string;
  readonly id: string;
  readonly before: Entry | null;
}

/** What an import changed, in the order of the first change. */
export interface UndoContent {
  readonly kind: 'undo';
  readonly release: string;
  readonly images: readonly Image[];
}

/** Writes through to the store and remembers what was there. */
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

/** What the undo takes away must not be needed by something that came later. */
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

/** Puts every row back as it was. Call it in a transaction. */
export function applyUndo(store: Store, { images }: UndoContent): void {
  checkRemovals(store, images);
  for (const { kind, id, before } of images) {
    if (before === null) store.remove(kind, id);
    else store.put(before);
  }
}
