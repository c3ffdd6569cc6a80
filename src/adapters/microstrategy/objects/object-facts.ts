import { createHash } from 'node:crypto';
import type { Json } from '../../../ports/journal.ts';
import type { MetadataObject } from '../wire/schemas.ts';
import { folder } from './object-types.ts';

/** What both ends show of an object. It decides what a conflict rule does, and it is plain data. */
export interface ObjectFacts {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly hidden?: boolean | undefined;
  readonly version?: string | undefined;
  readonly dateModified?: string | undefined;
  /** The folder: its id, and the names of the folders down to it, below the project. Undefined when nobody tells. */
  readonly folderId?: string | undefined;
  readonly folder?: string | undefined;
}

export function factsOfObject(object: MetadataObject): ObjectFacts {
  const { name, description, hidden, version, dateModified } = object;
  const above = object.ancestors.toSorted((one, other) => (other.level ?? 0) - (one.level ?? 0));
  return {
    name,
    description: description === '' ? undefined : description,
    hidden: hidden === true ? true : undefined,
    version,
    dateModified,
    folderId: above.at(-1)?.id,
    // The outermost folder has the name of the project, which differs between servers.
    ...(above.length === 0
      ? {}
      : {
          folder: above
            .slice(1)
            .map((one) => one.name ?? '')
            .join('/'),
        }),
  };
}

/** An object with an equal version in an equal folder is identical. A folder that nobody tells counts as equal. */
export function isSameFolder(one: ObjectFacts, other: ObjectFacts): boolean {
  if (one.folder === undefined || other.folder === undefined) return true;
  return one.folderId === other.folderId || one.folder === other.folder;
}

export function isSameVersion(one: ObjectFacts, other: ObjectFacts): boolean {
  return one.version !== undefined && one.version === other.version;
}

/** Equal in all that both ends show. */
export function looksEqual(one: ObjectFacts, other: ObjectFacts): boolean {
  const { name, description, hidden } = one;
  const isSame = name === other.name && description === other.description && hidden === other.hidden;
  return isSame && isSameVersion(one, other) && isSameFolder(one, other);
}

/**
 * The mark of an object: the version id, which is new after each change by a person. An import copies the version of the
 * source, and may only move an object or its rights. So the folder, the texts and the access control list are in it too.
 * An object that is written again by equal content has the same mark.
 */
export function markOf(object: MetadataObject): string {
  const { version, dateModified, name, description, hidden } = object;
  const rest = [dateModified, name, description, hidden, object.ancestors.map(({ id }) => id), object.acl];
  const hash = createHash('sha256').update(JSON.stringify(rest)).digest('base64url').slice(0, 16);
  return `${version ?? ''} ${hash}`;
}

/** What a migration carries, as far as the API shows it. The product itself takes equal version ids for equal objects. */
export function fieldsOf(object: MetadataObject): Record<string, Json> {
  const { name, description, hidden, version, folder: path } = factsOfObject(object);
  return {
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(hidden === undefined ? {} : { hidden }),
    ...(object.subtype === undefined ? {} : { subtype: object.subtype }),
    ...(path === undefined ? {} : { folder: path }),
    // A folder gets a new version when something is put into it.
    ...(version === undefined || object.type === folder ? {} : { version }),
  };
}
