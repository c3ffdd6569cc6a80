// Finds what needs an object: other objects, the content of a folder, and the security of projects.
import type { Store } from '../../shared/store.ts';
import { configuration, findObject, objectKind, readObject, type MetadataObject } from './object.ts';
import { linkKind, readLink } from './security-link.ts';

export interface Dependent {
  /** Its row in the store. */
  readonly key: string;
  readonly id: string;
  readonly name: string;
}

const refersTo = (object: MetadataObject, id: string) =>
  object.id !== id && (object.parent === id || object.uses.some((use) => use.id === id));

/** Users of an object in its project; of an object of the configuration, in all projects. */
export function dependentsOf(store: Store, scope: string, id: string): readonly Dependent[] {
  const within = scope === configuration ? undefined : scope;
  const objects = store
    .all(objectKind, within)
    .map((entry) => ({ key: entry.id, object: readObject(entry) }))
    .filter(({ object }) => refersTo(object, id))
    .map(({ key, object }) => ({ key, id: object.id, name: object.name }));
  const links = store.all(linkKind, within).flatMap((entry) => {
    const { trustee, roles, filters } = readLink(entry);
    if (trustee !== id && !roles.includes(id) && !filters.includes(id)) return [];
    return [{ key: entry.id, id: trustee, name: findObject(store, configuration, trustee)?.name ?? '' }];
  });
  return [...objects, ...links];
}

/** Why an import or an undo cannot delete an object. */
export const inUseText = (object: { readonly id: string; readonly name: string }, user: Dependent): string =>
  `The object '${object.name}' (${object.id}) cannot be deleted because it is used by '${user.name}' (${user.id}).`;
