import type { Json } from '../../shared/json.ts';
import type { Store } from '../../shared/store.ts';
import { configuration, findObject, findVisible, ancestorsOf, type MetadataObject } from './object.ts';
import { statusOf } from './project.ts';

const ownerOf = (store: Store, id: string) => ({ name: findObject(store, configuration, id)?.name ?? '', id });

/** The members that lists show of every object. */
export function summaryOf(store: Store, object: MetadataObject): Json {
  return {
    name: object.name,
    id: object.id,
    type: object.type,
    ...(object.description === '' ? {} : { description: object.description }),
    subtype: object.subtype,
    extType: 0,
    dateCreated: object.created,
    dateModified: object.modified,
    version: object.version,
    acg: 255,
    owner: ownerOf(store, object.owner),
    ...(object.hidden ? { hidden: true } : {}),
  };
}

/** The folders above an object, outermost first. `level` counts from the object outward. */
export const ancestorList = (store: Store, scope: string, object: MetadataObject): readonly Json[] =>
  ancestorsOf(store, scope, object).map(({ name, id }, index, all) => ({ name, id, level: all.length - index }));

/** One object with its folders and its access control list. */
export function detailOf(store: Store, scope: string, object: MetadataObject, withComments: boolean): Json {
  return {
    ...summaryOf(store, object),
    hidden: object.hidden,
    ancestors: ancestorList(store, scope, object),
    acl: object.acl.map((entry) => ({ ...entry, type: 1 })),
    certifiedInfo: { certified: false },
    ...(withComments ? { comments: [] } : {}),
  };
}

/** An object of the project or of the configuration; without a project, only of the configuration. */
export const lookUp = (store: Store, project: string | undefined, id: string): MetadataObject | undefined =>
  project === undefined ? findObject(store, configuration, id) : findVisible(store, project, id);

export function projectView(store: Store, project: MetadataObject): Json {
  return {
    acg: 255,
    id: project.id,
    name: project.name,
    status: statusOf(project),
    alias: '',
    description: project.description,
    dateCreated: project.created,
    dateModified: project.modified,
    owner: ownerOf(store, project.owner),
  };
}
