// Collects the objects of a package: the named objects, their dependents, and the folders above them.
import type { Json } from '../../shared/json.ts';
import type { Instance } from '../instance.ts';
import { objectType, typeName } from '../metadata/object-types.ts';
import {
  ancestorsOf,
  configuration,
  contentsOf,
  findObject,
  objectsOf,
  type MetadataObject,
} from '../metadata/object.ts';
import { findLink } from '../metadata/security-link.ts';
import { WorkFailure, type PackageContent, type PackedLink, type PackedObject } from './package-content.ts';
import type { PackageRow } from './record.ts';
import type { Action, Content, MergeActions, Toc } from './toc.ts';

/** The product's message. Clients look for `is not found` in it. */
export const notFoundText = (type: number, id: string): string => `Object: <${typeName(type)} id=${id}> is not found`;

function needExplicit(instance: Instance, scope: string, { id, type }: Content): MetadataObject {
  const object = findObject(instance.store, scope, id);
  if (object?.type !== type) throw new WorkFailure(notFoundText(type, id));
  if (object.system) {
    throw new WorkFailure(`Object: <${typeName(type)} id=${id}> is a system object and cannot be migrated`);
  }
  return object;
}

/** The dependents of an object: what it uses and what it contains, without system objects and those of other scopes. */
function dependents(instance: Instance, scope: string, object: MetadataObject): readonly MetadataObject[] {
  const inside = object.type === objectType.folder ? contentsOf(instance.store, scope, object.id) : [];
  const used = object.uses.flatMap((use) => findObject(instance.store, scope, use.id) ?? []);
  return [...used, ...inside].filter(({ system }) => !system);
}

function collectContent(instance: Instance, scope: string, toc: Toc): readonly PackedObject[] {
  const packed = new Map<string, PackedObject>();
  for (const item of toc.content) {
    const object = needExplicit(instance, scope, item);
    packed.set(item.id, { object, action: item.action, explicit: true });
  }
  const open = toc.content
    .filter(({ includeDependents }) => includeDependents)
    .flatMap(({ id }) => packed.get(id)?.object ?? []);
  const seen = new Set(open.map(({ id }) => id));
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const next of dependents(instance, scope, at)) {
      if (!packed.has(next.id)) {
        packed.set(next.id, { object: next, action: toc.settings.defaultAction, explicit: false });
      }
      if (!seen.has(next.id)) open.push(next);
      seen.add(next.id);
    }
  }
  return [...packed.values()];
}

function mergeAction(
  instance: Instance,
  scope: string,
  object: MetadataObject,
  merge: MergeActions,
): Action | undefined {
  const own = merge.objects.get(object.id);
  if (own !== undefined) return own;
  const folders = ancestorsOf(instance.store, scope, object).map(({ id }) => merge.folders.get(id));
  const nearest = folders.findLast((action) => action !== undefined);
  if (nearest !== undefined) return nearest;
  const types = merge.types.filter(({ type }) => type === object.type);
  return (types.find(({ subtype }) => subtype === object.subtype) ?? types.find(({ subtype }) => subtype === undefined))
    ?.action;
}

const collectProject = (instance: Instance, scope: string, toc: Toc, merge: MergeActions): readonly PackedObject[] =>
  objectsOf(instance.store, scope)
    .filter(({ system }) => !system)
    .map((object) => ({
      object,
      action: mergeAction(instance, scope, object, merge) ?? toc.settings.defaultAction,
      explicit: true,
    }));

function collectLinks(instance: Instance, project: string, toc: Toc): readonly PackedLink[] {
  return toc.content.map(({ id, type, action }) => {
    if (findObject(instance.store, configuration, id)?.type !== type) throw new WorkFailure(notFoundText(type, id));
    const link = findLink(instance.store, project, id) ?? { project, trustee: id, roles: [], filters: [] };
    return { link, action };
  });
}

/** Fails with WorkFailure when a named object does not exist. `scope` is the project or the configuration. */
export function collect(instance: Instance, type: PackageRow['type'], scope: string, toc: Toc): PackageContent {
  const objects =
    type === 'project_security'
      ? []
      : toc.merge === undefined
        ? collectContent(instance, scope, toc)
        : collectProject(instance, scope, toc, toc.merge);
  const folders = new Map<string, MetadataObject>();
  for (const { object } of objects) {
    for (const folder of ancestorsOf(instance.store, scope, object)) folders.set(folder.id, folder);
  }
  return {
    kind: 'package',
    release: instance.version,
    type,
    settings: toc.settings,
    objects,
    folders: [...folders.values()],
    links: type === 'project_security' ? collectLinks(instance, scope, toc) : [],
  };
}

/** The table of contents as the server shows it: the requested objects with more details, and the dependents. */
export function enrichedToc(sent: Json, content: PackageContent, toc: Toc): Json {
  if (toc.merge !== undefined || content.type === 'project_security') return sent;
  const asked = new Map(toc.content.map((item) => [item.id, item]));
  return {
    ...sent,
    content: content.objects.map(({ object, action, explicit }) => ({
      id: object.id,
      name: object.name,
      type: object.type,
      action,
      includeDependents: asked.get(object.id)?.includeDependents ?? false,
      version: object.version,
      owner: { id: object.owner },
      dateCreated: object.created,
      dateModified: object.modified,
      explicitIncluded: explicit,
      level: content.type === 'configuration' ? 'configuration_object' : 'project_object',
    })),
  };
}
