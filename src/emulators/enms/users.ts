// Authenticates callers and checks what they may do.
import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Instance } from './instance.ts';
import { referencesOf } from './model/relations.ts';
import type { Item } from './objects.ts';
import { verifyPassword } from './private-values.ts';
import { accessOf, relatedItems } from './serialize.ts';

/** Checks a password. A right one is remembered, so that not every request has to derive its hash again. */
export type PasswordCheck = (name: string, password: string) => Item | undefined;

export function createPasswordCheck(instance: Instance): PasswordCheck {
  const proven = new Map<string, string>();
  return (name, password) => {
    const user = instance.objects.find('user', name);
    const stored = user?.values['password'];
    if (user === undefined || typeof stored !== 'string') return undefined;
    const proof = `${stored} ${createHash('sha256').update(password).digest('hex')}`;
    if (proven.get(name) === proof) return user;
    if (!verifyPassword(password, instance.cipher.decode(stored))) return undefined;
    proven.set(name, proof);
    return user;
  };
}

/** User name and password of an HTTP Basic header. */
export function basicOf(
  headers: IncomingHttpHeaders,
): { readonly name: string; readonly password: string } | undefined {
  const [, token] = /^basic\s+(.+)$/i.exec(headers.authorization ?? '') ?? [];
  if (token === undefined) return undefined;
  const [, name, password] = /^([^:]*):([\s\S]*)$/.exec(Buffer.from(token, 'base64').toString('utf8')) ?? [];
  return name === undefined || password === undefined ? undefined : { name, password };
}

export const isAdmin = (user: Item): boolean => user.values['is_admin'] === true;

/** Whether one of the user's groups allows this method of the endpoint. */
export function mayCall(instance: Instance, user: Item, method: string, endpoint: string): boolean {
  if (isAdmin(user)) return true;
  return accessOf(instance, user)[`${method.toLowerCase()}_requests`]?.includes(endpoint) === true;
}

const adminModels: ReadonlySet<string> = new Set(['user', 'group', 'credential', 'server']);

export const isForAdmins = (model: string): boolean => adminModels.has(model);

/**
 * Administrators see everything. Others see what they own and what their groups may read, directly or through a pool.
 */
export function maySee(instance: Instance, user: Item, item: Item): boolean {
  if (isAdmin(user)) return true;
  if (isForAdmins(item.model)) return false;
  const references = referencesOf(item.model, item.type);
  if (!references.some(({ key }) => key === 'owners')) return true;
  if (relatedItems(instance, item, 'owners').some(({ place }) => place === user.place)) return true;
  const groups = new Set(relatedItems(instance, user, 'groups').map(({ place }) => place));
  const reads = (one: Item, key: string) => relatedItems(instance, one, key).some(({ place }) => groups.has(place));
  if (reads(item, 'rbac_read')) return true;
  if (!references.some(({ key }) => key === 'pools') || item.model === 'task') return false;
  return relatedItems(instance, item, 'pools').some((pool) => reads(pool, 'rbac_group_rbac_read'));
}
