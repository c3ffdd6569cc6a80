import type { Json } from '../../shared/json.ts';
import type { Entry, Store } from '../../shared/store.ts';

export interface ObjectRef {
  readonly id: string;
  readonly type: number;
}

/** One entry of an access control list. */
export interface AccessEntry {
  readonly trusteeId: string;
  readonly trusteeName: string;
  /** EnumDSSObjectType; 34 for users and groups. */
  readonly trusteeType: number;
  readonly trusteeSubtype: number;
  /** Bits of EnumDSSXMLAccessRightFlags; 255 is full control. */
  readonly rights: number;
  readonly deny: boolean;
  readonly inheritable: boolean;
}

/** An object of the metadata. It belongs to a project or to the configuration. */
export interface MetadataObject extends ObjectRef {
  readonly name: string;
  readonly subtype: number;
  readonly description: string;
  /** The folder that contains it; null at the root of a project and in the configuration. */
  readonly parent: string | null;
  readonly owner: string;
  readonly created: string;
  readonly modified: string;
  /** 32 hex digits, new after each change of the object. */
  readonly version: string;
  readonly acl: readonly AccessEntry[];
  readonly hidden: boolean;
  /** Part of the product: the same on every server, and never migrated. */
  readonly system: boolean;
  readonly uses: readonly ObjectRef[];
  /** The content of the object: an expression, the groups of a user, the privileges of a role. */
  readonly definition: Json;
}

/** The scope of objects that do not belong to a project. */
export const configuration = 'configuration';

export const objectKind = 'object';
export const keyOf = (scope: string, id: string): string => `${scope}/${id}`;

export const readObject = ({ body }: Entry): MetadataObject => body as unknown as MetadataObject;

export const entryOf = (scope: string, object: MetadataObject): Entry => ({
  kind: objectKind,
  id: keyOf(scope, object.id),
  container: scope,
  name: object.name,
  body: object as unknown as Json,
});

export function findObject(store: Store, scope: string, id: string): MetadataObject | undefined {
  const entry = store.get(objectKind, keyOf(scope, id));
  return entry === undefined ? undefined : readObject(entry);
}

/** Finds an object in the project, else in the configuration: projects use data sources, schedules and users. */
export const findVisible = (store: Store, scope: string, id: string): MetadataObject | undefined =>
  findObject(store, scope, id) ?? findObject(store, configuration, id);

export const objectsOf = (store: Store, scope: string): readonly MetadataObject[] =>
  store.all(objectKind, scope).map(readObject);

export const putObject = (store: Store, scope: string, object: MetadataObject): void =>
  store.put(entryOf(scope, object));

/** The objects in a folder. */
export const contentsOf = (store: Store, scope: string, folder: string): readonly MetadataObject[] =>
  objectsOf(store, scope).filter(({ parent }) => parent === folder);

/** The folders above an object, from the outermost to the one that contains it. */
export function ancestorsOf(store: Store, scope: string, object: MetadataObject): readonly MetadataObject[] {
  const chain: MetadataObject[] = [];
  let at = object.parent;
  while (at !== null && chain.length < 64) {
    const folder = findObject(store, scope, at);
    if (folder === undefined) break;
    chain.unshift(folder);
    at = folder.parent;
  }
  return chain;
}

/** The objects that refer to an object, and the content of a folder. */
export const usersOf = (objects: readonly MetadataObject[], id: string): readonly MetadataObject[] =>
  objects.filter((other) => other.id !== id && (other.parent === id || other.uses.some((use) => use.id === id)));
