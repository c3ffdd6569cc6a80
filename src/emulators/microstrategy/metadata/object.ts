import type { Json } from '../../shared/json.ts';
import type { Entry, Store } from '../../shared/store.ts';

export interface ObjectRef {
  readonly id: string;
  readonly type: number;
}

/** One line of an access control list. */
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

/** An object of the metadata, of a project or of the configuration. */
export interface MetadataObject extends ObjectRef {
  readonly name: string;
  readonly subtype: number;
  readonly description: string;
  /** The folder that holds it; null at a project's root and in the configuration. */
  readonly parent: string | null;
  readonly owner: string;
  readonly created: string;
  readonly modified: string;
  /** 32 hex digits; changes with the object. */
  readonly version: string;
  readonly acl: readonly AccessEntry[];
  readonly hidden: boolean;
  /** Comes with the product, is the same everywhere and does not migrate. */
  readonly system: boolean;
  readonly uses: readonly ObjectRef[];
  /** What the object says: an expression, a user's groups, a role's privileges. */
  readonly definition: Json;
}

/** The scope of what belongs to no project. */
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

/** In the project, else in the configuration: projects use data sources, schedules and users. */
export const findVisible = (store: Store, scope: string, id: string): MetadataObject | undefined =>
  findObject(store, scope, id) ?? findObject(store, configuration, id);

export const objectsOf = (store: Store, scope: string): readonly MetadataObject[] =>
  store.all(objectKind, scope).map(readObject);

export const putObject = (store: Store, scope: string, object: MetadataObject): void =>
  store.put(entryOf(scope, object));

/** What lies in a folder. */
export const contentsOf = (store: Store, scope: string, folder: string): readonly MetadataObject[] =>
  objectsOf(store, scope).filter(({ parent }) => parent === folder);

/** From the outermost folder to the one that holds the object. */
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

/** Whatever refers to an object, and what lies in it when it is a folder. */
export const usersOf = (objects: readonly MetadataObject[], id: string): readonly MetadataObject[] =>
  objects.filter((other) => other.id !== id && (other.parent === id || other.uses.some((use) => use.id === id)));
