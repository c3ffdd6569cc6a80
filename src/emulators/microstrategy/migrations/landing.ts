// The folder, the access control list and the name of an object on the target.
import type { Store } from '../../shared/store.ts';
import { administratorId, newGuid, wireDate } from '../identifiers.ts';
import { objectType } from '../metadata/object-types.ts';
import {
  configuration,
  contentsOf,
  entryOf,
  findObject,
  objectsOf,
  type AccessEntry,
  type MetadataObject,
} from '../metadata/object.ts';
import type { Settings } from './toc.ts';
import type { Recorder } from './undo-content.ts';

export interface Landing {
  readonly store: Store;
  readonly scope: string;
  readonly settings: Settings;
  readonly folders: ReadonlyMap<string, MetadataObject>;
  readonly recorder: Recorder;
}

/** A folder gets a new version when an object is put into it or taken out of it. */
export function touchFolder({ store, scope, recorder }: Landing, id: string | null): void {
  const folder = id === null ? undefined : findObject(store, scope, id);
  if (folder === undefined) return;
  recorder.put(entryOf(scope, { ...folder, version: newGuid(), modified: wireDate() }));
}

/** The access control list of a new object: that of the source, or the one that it inherits from its folder. */
export function aclOfNew(landing: Landing, object: MetadataObject, folder: string | null): readonly AccessEntry[] {
  if (landing.settings.aclOnNewObjects === 'keep_acl_as_source_object' || folder === null) return object.acl;
  return findObject(landing.store, landing.scope, folder)?.acl.filter(({ inheritable }) => inheritable) ?? [];
}

export function aclOfReplaced(
  { settings }: Landing,
  source: MetadataObject,
  target: MetadataObject,
): readonly AccessEntry[] {
  if (settings.aclOnReplacingObjects === 'use_existing') return target.acl;
  if (settings.aclOnReplacingObjects === 'replace') return source.acl;
  const kept = new Set(target.acl.map(({ trusteeId }) => trusteeId));
  return [...target.acl, ...source.acl.filter(({ trusteeId }) => !kept.has(trusteeId))];
}

/** The owner on the source when the target has that user, else the administrator. */
export const ownerOf = ({ store }: Landing, owner: string): string =>
  findObject(store, configuration, owner) === undefined ? administratorId : owner;

/**
 * The target's folder for a folder of the source: the one with the same id, else the one with the same name in the same
 * folder, else a new one. The folders above it may differ.
 */
export function folderFor(landing: Landing, id: string | null): string | null {
  const { store, scope, folders, recorder } = landing;
  if (id === null || findObject(store, scope, id) !== undefined) return id;
  const source = folders.get(id);
  if (source === undefined) return null;
  const parent = folderFor(landing, source.parent);
  const named = objectsOf(store, scope).find(
    (one) => one.type === objectType.folder && one.parent === parent && one.name === source.name,
  );
  if (named !== undefined) return named.id;
  const acl = aclOfNew(landing, source, parent);
  recorder.put(entryOf(scope, { ...source, parent, acl, owner: ownerOf(landing, source.owner) }));
  touchFolder(landing, parent);
  return id;
}

/** Names are unique in a folder, per type: `Year`, `Year (1)`, … */
export function freeName({ store, scope }: Landing, object: MetadataObject, folder: string | null): string {
  if (folder === null) return object.name;
  const taken = new Set(
    contentsOf(store, scope, folder)
      .filter((other) => other.type === object.type && other.id !== object.id)
      .map(({ name }) => name.toLowerCase()),
  );
  let name = object.name;
  for (let number = 1; taken.has(name.toLowerCase()); number += 1) name = `${object.name} (${number})`;
  return name;
}
