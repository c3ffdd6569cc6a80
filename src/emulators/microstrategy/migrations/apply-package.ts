// Writes the objects of an import into the metadata, in one transaction.
import type { Store } from '../../shared/store.ts';
import { newGuid } from '../identifiers.ts';
import { entryOf, findObject, findVisible, keyOf, objectKind, type MetadataObject } from '../metadata/object.ts';
import { findLink, linkEntry } from '../metadata/security-link.ts';
import { dependentsOf, inUseText } from '../metadata/used-by.ts';
import { compareReleases } from '../release.ts';
import { notFoundText } from './collect.ts';
import { outcomeOf, type Outcome } from './conflict.ts';
import { aclOfNew, aclOfReplaced, folderFor, freeName, ownerOf, touchFolder, type Landing } from './landing.ts';
import { WorkFailure, type PackageContent, type PackedLink } from './package-content.ts';
import { createRecorder, type Image } from './undo-content.ts';

interface Step {
  readonly object: MetadataObject;
  readonly outcome: Outcome;
}

/** A package with keep_both anywhere in it cannot be undone. */
export const canBeUndone = ({ settings, objects, links }: PackageContent): boolean =>
  settings.defaultAction !== 'keep_both' &&
  objects.every(({ action }) => action !== 'keep_both') &&
  links.every(({ action }) => action !== 'keep_both');

/** Used-by dependencies count as they are at the beginning of the import, without the objects that it deletes too. */
function deleteObjects(landing: Landing, steps: readonly Step[]): void {
  const { store, scope, recorder } = landing;
  const doomed = steps.filter(({ outcome }) => outcome === 'delete').map(({ object }) => object.id);
  const keys = new Set(doomed.map((id) => keyOf(scope, id)));
  const targets = doomed.flatMap((id) => findObject(store, scope, id) ?? []);
  for (const target of targets) {
    const user = dependentsOf(store, scope, target.id).find(({ key }) => !keys.has(key));
    if (user !== undefined) throw new WorkFailure(inUseText(target, user));
  }
  for (const { id, parent } of targets) {
    recorder.remove(objectKind, keyOf(scope, id));
    touchFolder(landing, parent);
  }
}

/** Creates, replaces or moves one object, and returns its new state. */
function land(landing: Landing, { object, outcome }: Step): MetadataObject {
  const { store, scope, recorder } = landing;
  const target = outcome === 'duplicate' ? undefined : findObject(store, scope, object.id);
  const parent = folderFor(landing, object.parent);
  const base = outcome === 'place' && target !== undefined ? target : object;
  const id = outcome === 'duplicate' ? newGuid() : object.id;
  const now: MetadataObject = {
    ...base,
    id,
    parent,
    name: freeName(landing, { ...base, id }, parent),
    acl:
      outcome === 'place'
        ? base.acl
        : target === undefined
          ? aclOfNew(landing, object, parent)
          : aclOfReplaced(landing, object, target),
    owner: outcome === 'place' ? base.owner : ownerOf(landing, object.owner),
  };
  recorder.put(entryOf(scope, now));
  if (target?.parent !== parent) {
    touchFolder(landing, target?.parent ?? null);
    touchFolder(landing, parent);
  }
  return now;
}

/** Everything that this import wrote refers to the new objects instead of the ones that they copy. */
function redirect(landing: Landing, written: readonly MetadataObject[], renamed: ReadonlyMap<string, string>): void {
  for (const { id } of renamed.size === 0 ? [] : written) {
    const object = findObject(landing.store, landing.scope, id);
    if (object?.uses.some((use) => renamed.has(use.id)) !== true) continue;
    const uses = object.uses.map((use) => ({ ...use, id: renamed.get(use.id) ?? use.id }));
    landing.recorder.put(entryOf(landing.scope, { ...object, uses }));
  }
}

function checkDependencies({ store, scope }: Landing, written: readonly MetadataObject[]): void {
  for (const { id } of written) {
    const lacking = findVisible(store, scope, id)?.uses.find((use) => findVisible(store, scope, use.id) === undefined);
    if (lacking !== undefined) throw new WorkFailure(notFoundText(lacking.type, lacking.id));
  }
}

/** Links replace the user's links in the target project. The package has no roles and filters, so they must exist. */
function applyLink(landing: Landing, { link, action }: PackedLink): void {
  const { store, scope, recorder } = landing;
  const present = findLink(store, scope, link.trustee);
  if (action === 'use_existing') return;
  if (action === 'delete') {
    if (present !== undefined) {
      const { kind, id } = linkEntry(present);
      recorder.remove(kind, id);
    }
    return;
  }
  const needed = [
    { id: link.trustee, type: 34 },
    ...link.roles.map((id) => ({ id, type: 44 })),
    ...link.filters.map((id) => ({ id, type: 58 })),
  ];
  const lacking = needed.find(({ id }) => findVisible(store, scope, id) === undefined);
  if (lacking !== undefined) throw new WorkFailure(notFoundText(lacking.type, lacking.id));
  const both = (mine: readonly string[] = [], theirs: readonly string[] = []) => [...new Set([...mine, ...theirs])];
  const merged =
    action === 'keep_both'
      ? { roles: both(present?.roles, link.roles), filters: both(present?.filters, link.filters) }
      : { roles: link.roles, filters: link.filters };
  recorder.put(linkEntry({ ...link, ...merged, project: scope }));
}

/** A package of a newer release cannot be imported. */
export function checkRelease(content: PackageContent, version: string): void {
  if (compareReleases(content.release, version) <= 0) return;
  throw new WorkFailure(
    `The package was created in version ${content.release} and cannot be imported to the earlier version ${version}.`,
  );
}

/**
 * Applies a package to a project or to the configuration, inside a transaction of the caller. Fails with WorkFailure.
 * Returns the former state of all rows that changed.
 */
export function applyPackage(store: Store, scope: string, content: PackageContent): readonly Image[] {
  const recorder = createRecorder(store);
  const folders = new Map(content.folders.map((folder) => [folder.id, folder]));
  const landing: Landing = { store, scope, settings: content.settings, folders, recorder };
  const steps = content.objects.map(({ object, action }) => ({
    object,
    outcome: outcomeOf(action, object, findObject(store, scope, object.id)),
  }));
  deleteObjects(landing, steps);
  const renamed = new Map<string, string>();
  const written: MetadataObject[] = [];
  const landed = steps.filter(({ outcome }) => outcome !== 'leave' && outcome !== 'delete');
  // Folders first, because the objects in them look them up by id.
  for (const step of landed.toSorted((a, b) => depthOf(a.object, folders) - depthOf(b.object, folders))) {
    const now = land(landing, step);
    if (now.id !== step.object.id) renamed.set(step.object.id, now.id);
    written.push(now);
  }
  redirect(landing, written, renamed);
  checkDependencies(landing, written);
  for (const link of content.links) applyLink(landing, link);
  return recorder.images();
}

/** Outer folders first, then inner ones, then all other objects. */
function depthOf({ type, parent }: MetadataObject, folders: ReadonlyMap<string, MetadataObject>): number {
  if (type !== 8) return Number.MAX_SAFE_INTEGER;
  let depth = 0;
  for (let at = parent; at !== null && depth < 64; at = folders.get(at)?.parent ?? null) depth += 1;
  return depth;
}
