// Creates and updates objects, for REST, imports and the topology.
import { mkdirSync } from 'node:fs';
import { coerce } from './coerce.ts';
import { filePath } from './file-tree.ts';
import { pythonTime, type Instance } from './instance.ts';
import { kindNamed, type Kind } from './model/kinds.ts';
import { referencesOf, type Reference } from './model/relations.ts';
import type { Item, Values } from './objects.ts';
import { removeOne } from './remove-object.ts';
import { hashPassword } from './private-values.ts';
import { ServerError } from './refusal.ts';

interface Writing {
  /** The user who writes. Undefined in an import, whose files contain user and time of the last change. */
  readonly caller: Item | undefined;
  /** Whether passwords of users are already hashes. */
  readonly hashed?: boolean;
}

export const fileName = (path: string): string => path.replaceAll('/', '>');

const isText = (value: unknown): value is string => typeof value === 'string';

/** The name under which an object is stored. For files it is made of the path. */
function nameOf(kind: Kind, given: Values): string {
  const { name, path } = given;
  if (kind.model === 'file') {
    if (!isText(path) || path === '') throw new ServerError("KeyError: 'path'");
    return fileName(path);
  }
  if (!isText(name)) throw new ServerError("KeyError: 'name'");
  if (name === '') throw new ServerError('Exception: The name is empty.');
  if (/[/\\'"]/.test(name)) {
    throw new ServerError(`Exception: The name '${name}' contains a forbidden character (slash, backslash or quote).`);
  }
  return name;
}

function stored(instance: Instance, kind: Kind, name: string, value: unknown, hashed: boolean): unknown {
  if (!isText(value) || !instance.custom.isPrivate(kind.model, name)) return value;
  const hash = kind.model === 'user' && name === 'password' && !hashed;
  return instance.cipher.encode(hash ? hashPassword(value) : value);
}

/** The values of the columns that the kind has. Unknown keys are ignored. */
function valuesOf(instance: Instance, kind: Kind, given: Values, hashed: boolean): Values {
  const values: Record<string, unknown> = {};
  for (const [name, property] of Object.entries(instance.custom.of(kind))) {
    if (name in given) values[name] = stored(instance, kind, name, coerce(name, property, given[name]), hashed);
  }
  return values;
}

/** The disk of files as rows of files name it: without an end, and with slashes. */
const filesRoot = (instance: Instance): string => filePath(instance, '').replaceAll('\\', '/').replace(/\/$/u, '');

/** The place of a file on the disk. A `full_path` that is given counts, as in 4.7.1, also one of another server's disk. */
function fileValues(instance: Instance, { path, full_path: given }: Values): Values {
  const full = isText(given) ? given : `${filesRoot(instance)}${String(path)}`;
  const end = Math.max(0, full.lastIndexOf('/'));
  return { filename: full.slice(end + 1), folder_path: full.slice(0, end), full_path: full };
}

/** Positions that are written are added to those that the object has. */
const addedPositions = (there: unknown, given: unknown): Values =>
  isMap(there) && isMap(given) ? { positions: { ...there, ...given } } : {};

const isMap = (value: unknown): value is Values => typeof value === 'object' && value !== null && !Array.isArray(value);

/** True for a row of a base type whose type is a subtype: the subtype's table has no row for it. */
const isBroken = (kind: Kind, claimed: unknown, existing: Item | undefined) =>
  isText(claimed) && claimed !== (existing?.type ?? kind.type) && claimed !== kind.type;

/** Creates or updates an object by name, without its relations. Fails as the product does for a single object. */
export function writeColumns(
  instance: Instance,
  type: string,
  given: Values,
  writing: Writing,
): { item: Item; isNew: boolean } {
  const { objects } = instance;
  const kind = kindNamed(type);
  if (kind === undefined) throw new ServerError(`KeyError: '${type}'`);
  const name = nameOf(kind, given);
  const existing = objects.find(kind.model, name);
  if (existing !== undefined && kind.type !== kind.model && existing.type !== kind.type) {
    throw new ServerError(`(sqlite3.IntegrityError) UNIQUE constraint failed: ${kind.model}.name`);
  }
  const now = pythonTime();
  const stamps =
    writing.caller === undefined || !('last_modified_by' in kind.properties)
      ? {}
      : { last_modified: now, last_modified_by: writing.caller.name };
  const values = {
    ...existing?.values,
    ...valuesOf(
      instance,
      existing === undefined ? kind : (kindNamed(existing.type) ?? kind),
      given,
      writing.hashed === true,
    ),
    ...addedPositions(existing?.values['positions'], given['positions']),
    ...stamps,
    ...(kind.model === 'file'
      ? {
          ...fileValues(instance, given),
          ...(given['last_modified'] === undefined ? { last_modified: now } : {}),
        }
      : {}),
  };
  const broken = existing?.broken === true || isBroken(kind, given['type'], existing);
  if (existing !== undefined) {
    const item = { ...existing, values, broken };
    objects.save(item);
    place(instance, item);
    return { item, isNew: false };
  }
  const item = objects.add({ model: kind.model, type: kind.type, family: kind.family, name, values, broken });
  place(instance, item);
  // A row from an import does not mean that the file is on this disk.
  if (kind.type === 'folder' && writing.caller !== undefined)
    mkdirSync(filePath(instance, String(given['path'])), { recursive: true });
  return { item, isNew: true };
}

/** The server finds the folder of a file by the place of the file. A file of another disk has none. */
function place(instance: Instance, item: Item): void {
  if (item.model !== 'file') return;
  const [root, at] = [filesRoot(instance), String(item.values['folder_path'])];
  const folder = at.startsWith(`${root}/`) ? instance.objects.find('file', fileName(at.slice(root.length))) : undefined;
  const inFolder = referencesOf('file', item.type).find(({ key }) => key === 'folder');
  if (inFolder !== undefined) setRelation(instance, item, inFolder, folder?.type === 'folder' ? [folder] : []);
}

/** The object of this name in one of the models of a relation. */
export function target(instance: Instance, { targets }: Reference, name: unknown): Item | undefined {
  if (!isText(name)) return undefined;
  for (const model of targets) {
    const found = instance.objects.find(model, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Replaces the objects that an object names under one key. */
export function setRelation(
  instance: Instance,
  item: Item,
  { relation, side }: Reference,
  others: readonly Item[],
): void {
  const before = relation[side].orphans === true ? instance.objects.related(relation, side, item.place) : [];
  instance.objects.unrelate(relation, side, item.place);
  for (const one of before) if (!others.some(({ place }) => place === one.place)) removeOne(instance, one);
  for (const other of others) {
    // When the other end names only one object, that object leaves its former relation.
    if (relation[side === 'near' ? 'far' : 'near'].scalar === true) {
      instance.objects.unrelate(relation, side === 'near' ? 'far' : 'near', other.place);
    }
    const [near, far] = side === 'near' ? [item.place, other.place] : [other.place, item.place];
    instance.objects.relate(relation, near, far);
  }
}
