import { isMigratorError, MigratorError } from '../../../errors.ts';
import { inParallel } from '../../../streams/in-parallel.ts';
import type { Account } from '../connection.ts';
import type { Server } from '../server.ts';
import { objectsOf, type PackageContent, type PackagedObject } from './package-content.ts';
import { referencesOf } from './references.ts';
import { targetNames, type TargetNames } from './target-names.ts';
import { isType, sharedServices, type Type } from './types-and-relations.ts';

export type ImportableContent = Exclude<PackageContent, { kind: 'topology' }>;

/** What a package holds, compared with what the target has. Every file of the package is parsed for it. */
export interface Survey {
  readonly names: ReadonlyMap<Type, ReadonlySet<string>>;
  readonly target: TargetNames;
  /**
   * Subtypes (classes of services, kinds of devices) that the target does not know, with the names of their objects.
   */
  readonly unknownSubtypes: ReadonlyMap<string, readonly string[]>;
  readonly dangling: Dangling;
  /** The package has a password for the account that imports it. */
  readonly changesOwnPassword: boolean;
  /** The package has a password or a key of any object. */
  readonly holdsPrivate: boolean;
  /** Private values are encrypted with the key of the source. */
  readonly encrypted: boolean;
}

export interface Dangling {
  /** Missing names in lists. The server leaves them out and says nothing. */
  readonly dropped: Findings;
  /** Missing single names. The server fails, and sets no relation of any object. */
  readonly fatal: Findings;
}

/** A count, and the first few findings as sentences. */
export interface Findings {
  readonly count: number;
  readonly first: readonly string[];
}

/** The private values of users, credentials and services. */
const privateKeys = [
  'password',
  'private_key',
  'enable_password',
  'custom_password',
  'jump_password',
  'librenms_token',
  'netbox_token',
  'opennms_password',
] as const;

const mostNamed = 10;
const subtypesAtOnce = 4;

export async function survey(
  server: Server,
  content: ImportableContent,
  wanted: readonly Type[],
  emptied: boolean,
  signal: AbortSignal,
): Promise<Survey> {
  const names = new Map<Type, Set<string>>();
  const bySubtype = new Map<string, string[]>();
  let changesOwnPassword = false;
  let holdsPrivate = false;
  let encrypted = false;
  for (const type of wanted) {
    const own = new Set<string>();
    for await (const object of objectsOf(content, type, signal)) {
      if (own.has(object.name)) {
        throw new MigratorError('PACKAGE_MALFORMED', `the package holds ${type} "${object.name}" twice`);
      }
      own.add(object.name);
      const subtype = subtypeOf(type, object);
      bySubtype.set(subtype, [...(bySubtype.get(subtype) ?? []).slice(0, mostNamed), object.name]);
      changesOwnPassword ||= isOwnPassword(type, object, server.account);
      holdsPrivate ||= privateKeys.some((key) => object[key] !== undefined);
      encrypted ||= holdsToken(object);
    }
    names.set(type, own);
  }
  const target = targetNames(server);
  await target.load(wanted, signal);
  const unknownSubtypes = await unknownOf(server, bySubtype, target.subtypes, signal);
  const dangling = await danglingOf({ server, content, wanted, emptied, names, unknownSubtypes, target }, signal);
  return { names, target, unknownSubtypes, dangling, changesOwnPassword, holdsPrivate, encrypted };
}

/** A sentence for each class that the target does not have. */
export const unknownTo = (subtypes: Survey['unknownSubtypes']): readonly string[] =>
  [...subtypes].map(
    ([subtype, objects]) => `the target knows no ${subtype}: ${objects.slice(0, 10).join(', ')} will not be created`,
  );

export function subtypeOf(type: Type, object: PackagedObject): string {
  const { type: subtype } = object;
  return typeof subtype === 'string' && subtype !== '' ? subtype : type;
}

export function isOwnPassword(type: Type, object: PackagedObject, { username }: Account): boolean {
  return type === 'user' && object.name === username && typeof object['password'] === 'string';
}

/** The objects that stay when a type is emptied: the account that asks for it, and what every server has. */
export function survivors(type: Type, { username }: Account): readonly string[] {
  return type === 'user' ? [username] : type === 'service' ? sharedServices : [];
}

/**
 * Whether a value is a Fernet token. It begins with a version byte of 128 and eight bytes of time, the first of which
 * are zero.
 */
function holdsToken(object: PackagedObject): boolean {
  return Object.values(object).some(
    (value) => typeof value === 'string' && /^(gAAAAA|Z0FBQUFB)[\w+/=-]{40,}$/.test(value),
  );
}

/**
 * The subtypes that the server does not know. It fails when one is asked for. Those of which it has an object need not be
 * asked for.
 */
async function unknownOf(
  { rest }: Server,
  bySubtype: ReadonlyMap<string, readonly string[]>,
  seen: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const unknown = new Map<string, readonly string[]>();
  const asked = [...bySubtype].filter(([subtype]) => !isType(subtype) && !seen.has(subtype));
  const look = async ([subtype, objects]: readonly [string, readonly string[]]) => {
    const isKnownThere = /^\w+$/.test(subtype) && (await isKnown(rest, subtype, signal));
    return { subtype, objects, isKnownThere };
  };
  for await (const { subtype, objects, isKnownThere } of inParallel(asked, subtypesAtOnce, look))
    if (!isKnownThere) unknown.set(subtype, objects);
  return unknown;
}

async function isKnown(rest: Server['rest'], subtype: string, signal: AbortSignal): Promise<boolean> {
  try {
    for await (const object of rest.search(subtype, ['name'], signal, 1)) return Object.keys(object).length > 0;
    return true;
  } catch (error) {
    if (isMigratorError(error, 'REMOTE_UNEXPECTED') && error.details['status'] === 500) return false;
    throw error;
  }
}

interface Search {
  readonly server: Server;
  readonly content: ImportableContent;
  readonly wanted: readonly Type[];
  readonly emptied: boolean;
  readonly names: ReadonlyMap<Type, ReadonlySet<string>>;
  readonly unknownSubtypes: ReadonlyMap<string, readonly string[]>;
  readonly target: TargetNames;
}

async function danglingOf(search: Search, signal: AbortSignal): Promise<Dangling> {
  const { content, wanted } = search;
  const dropped = { count: 0, first: [] as string[] };
  const fatal = { count: 0, first: [] as string[] };
  const refused = await refusedObjects(search, signal);
  for (const type of wanted) {
    for await (const object of objectsOf(content, type, signal)) {
      if (refused.get(type)?.has(object.name) === true) continue;
      for (const { key, relation, names } of referencesOf(type, object)) {
        for (const name of names) {
          if (await isThere(search, refused, relation.to, name, signal)) continue;
          const list = relation.scalar === true ? fatal : dropped;
          list.count += 1;
          if (list.first.length < mostNamed)
            list.first.push(`${type} "${object.name}" refers to ${relation.to.join(' or ')} "${name}" as ${key}`);
        }
      }
    }
  }
  return { dropped, fatal };
}

/** The objects that the target will not create, because it does not know their subtype. */
async function refusedObjects({ content, wanted, unknownSubtypes }: Search, signal: AbortSignal) {
  const refused = new Map<Type, Set<string>>();
  if (unknownSubtypes.size === 0) return refused;
  for (const type of wanted) {
    const names = new Set<string>();
    for await (const object of objectsOf(content, type, signal)) {
      if (unknownSubtypes.has(subtypeOf(type, object))) names.add(object.name);
    }
    refused.set(type, names);
  }
  return refused;
}

async function isThere(
  { server, wanted, emptied, names, target }: Search,
  refused: ReadonlyMap<Type, ReadonlySet<string>>,
  among: readonly Type[],
  name: string,
  signal: AbortSignal,
): Promise<boolean> {
  for (const type of among) {
    if (names.get(type)?.has(name) === true && refused.get(type)?.has(name) !== true) return true;
    const onTarget = await target.of(type, signal);
    const stays = !(emptied && wanted.includes(type)) || survivors(type, server.account).includes(name);
    if (stays && onTarget.has(name)) return true;
  }
  return false;
}
