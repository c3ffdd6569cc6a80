import { createHash } from 'node:crypto';
import { asList, asText } from '../shared/json.ts';
import type { Store } from '../shared/store.ts';
import { administratorId, guestId } from './identifiers.ts';
import { objectType, userSubtype } from './metadata/object-types.ts';
import { configuration, findObject, objectsOf, type MetadataObject } from './metadata/object.ts';
import { Refusal } from './refusal.ts';

export interface User {
  readonly id: string;
  /** The full name. Objects show it as the name of their owner. */
  readonly name: string;
  readonly username: string;
  readonly initials: string;
  readonly administrator: boolean;
  readonly may: (privilege: string) => boolean;
}

const isUser = (object: MetadataObject) => object.type === objectType.user && object.subtype === userSubtype;

const initialsOf = (name: string) =>
  name
    .split(/\s+/)
    .map((word) => word.slice(0, 1).toUpperCase())
    .join('');

/** The privileges of a user and of all groups above it. */
export function privilegesOf(store: Store, object: MetadataObject, depth = 0): readonly string[] {
  const own = asList(object.definition['privileges']).map((one) => asText(one));
  if (depth > 16) return own;
  const groups = asList(object.definition['groups']).flatMap((id) => {
    const group = findObject(store, configuration, asText(id));
    return group === undefined ? [] : privilegesOf(store, group, depth + 1);
  });
  return [...new Set([...own, ...groups])];
}

export function userOf(store: Store, id: string): User | undefined {
  const object = findObject(store, configuration, id);
  if (object === undefined || !isUser(object)) return undefined;
  const granted = privilegesOf(store, object);
  const administrator = id === administratorId || granted.includes('*');
  return {
    id,
    name: object.name,
    username: asText(object.definition['username']),
    initials: initialsOf(object.name),
    administrator,
    may: (privilege) => administrator || granted.includes(privilege),
  };
}

/** `{id, name}`, as records show a user. */
export const personOf = ({ id, name }: User): { readonly id: string; readonly name: string } => ({ id, name });

/**
 * For sample accounts only: a plain hash does not protect a secret. The administrator's password is in the settings.
 */
export const passwordMark = (username: string, password: string): string =>
  createHash('sha256').update(`${username.toLowerCase()}\n${password}`).digest('hex');

const refuse = () => new Refusal(401, 'ERR003', 'Incorrect username and/or password. Please verify and try again.');

/** The user of a standard or LDAP login. 401 ERR003 when name or password is wrong. */
export function checkPassword(store: Store, ldap: boolean, username: string, password: string): string {
  const admin = store.setting('admin-username') ?? 'Administrator';
  if (!ldap && username.toLowerCase() === admin.toLowerCase()) {
    if (password !== store.setting('admin-password')) throw refuse();
    return administratorId;
  }
  const found = objectsOf(store, configuration).find(
    (object) => isUser(object) && asText(object.definition['username']).toLowerCase() === username.toLowerCase(),
  );
  if (found === undefined || username === '' || found.id === administratorId) throw refuse();
  const { definition } = found;
  if ((definition['ldap'] === true) !== ldap) throw refuse();
  if (definition['password'] !== passwordMark(asText(definition['username']), password)) throw refuse();
  if (definition['enabled'] === false) throw new Refusal(401, 'ERR003', 'The user account is disabled.');
  return found.id;
}

/** The user of anonymous logins. 401 ERR003 when there is none. */
export function guestOf(store: Store): string {
  if (userOf(store, guestId) === undefined) throw new Refusal(401, 'ERR003', 'Anonymous login is not enabled.');
  return guestId;
}
