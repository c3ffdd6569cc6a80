import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Flavor } from '../shared/emulator.ts';
import type { Json } from '../shared/json.ts';
import type { Entry, Store } from '../shared/store.ts';
import { newId, putDocument, type Instance } from './instance.ts';
import { kinds } from './kinds.ts';
import { Refusal } from './refusal.ts';

export interface User {
  readonly id: string;
  readonly body: Json;
  readonly may: (permission: string) => boolean;
}

/** Names of permissions; `*View` stands for all that end in View, `*` for all. */
export type Permissions = readonly string[];

export const spacePermissions: readonly string[] = [
  ...kinds.filter(({ scoped }) => scoped).flatMap(({ view, edit }) => [view, edit]),
  ...['BuiltInFeedPush', 'BuiltInFeedDownload', 'BuiltInFeedAdminister', 'TaskCreate', 'TaskCancel'],
  ...['TeamView', 'TeamCreate', 'TeamEdit', 'TeamDelete'],
];
const systemPermissions = [
  'AdministerSystem',
  'ConfigureServer',
  'SpaceView',
  'SpaceCreate',
  'SpaceEdit',
  'SpaceDelete',
  'UserView',
  'UserEdit',
];

/** The servers of Octopus Cloud are the vendor's: nobody else administers the system there. */
const grants = (permissions: Permissions, permission: string, flavor: Flavor) =>
  flavor === 'cloud' && permission === 'AdministerSystem'
    ? false
    : permissions.includes('*') ||
      permissions.includes(permission) ||
      (permission.endsWith('View') && permissions.includes('*View'));

/** The permissions of a user, among those that the permissions document lists. */
export function grantedTo(
  user: Entry,
  flavor: Flavor,
): { readonly space: readonly string[]; readonly system: readonly string[] } {
  const permissions = user.body['$permissions'] as Permissions;
  const granted = (names: readonly string[]) =>
    [...new Set(names)].filter((name) => grants(permissions, name, flavor)).toSorted();
  return { space: granted(spacePermissions), system: granted(systemPermissions) };
}

/** The id of the team that everybody is in. */
export const everyone = 'teams-everyone';

/** A team that the server makes itself. */
export const teamOf = (Id: string, Name: string, more: Json): Json => ({
  Id,
  Name,
  SpaceId: null,
  Description: null,
  MemberUserIds: [],
  ExternalSecurityGroups: [],
  CanBeDeleted: false,
  CanBeRenamed: false,
  CanChangeRoles: false,
  ...more,
});

/** The teams that every server has. Permissions are given to users here, so no role belongs to them. */
export function addTeams(store: Store, administrator: string): void {
  const teams = [
    [everyone, 'Everyone', []],
    ['teams-administrators', 'Octopus Administrators', [administrator]],
    ['teams-managers', 'Octopus Managers', []],
  ] as const;
  for (const [Id, Name, MemberUserIds] of teams) {
    const can = Id !== everyone;
    putDocument(store, 'Teams', teamOf(Id, Name, { MemberUserIds, CanChangeRoles: can, CanChangeMembers: can }));
  }
}

const anonymous: User = { id: 'users-guest', body: {}, may: () => false };

/** `API-` and 28 characters, as the product makes them. */
export function newApiKey(): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
  return `API-${Array.from(randomBytes(28), (byte) => alphabet[byte % alphabet.length]).join('')}`;
}

export function addUser(
  store: Store,
  user: { readonly username: string; readonly displayName: string; readonly service?: boolean },
  permissions: Permissions,
): string {
  const id = newId(store, 'Users');
  putDocument(store, 'Users', {
    Id: id,
    Username: user.username,
    DisplayName: user.displayName,
    IsActive: true,
    IsService: user.service ?? false,
    EmailAddress: null,
    CanPasswordBeEdited: false,
    IsRequestor: user.service !== true,
    $permissions: permissions,
  });
  return id;
}

export const allowKey = (store: Store, key: string, userId: string): void => store.keep(`api-key:${key}`, userId);

function userOfKey({ store, flavor }: Instance, key: string): User | undefined {
  const id = store.setting(`api-key:${key}`);
  const entry = id === undefined ? undefined : store.get('Users', id);
  if (entry === undefined) return undefined;
  const permissions = entry.body['$permissions'] as Permissions;
  return { id: entry.id, body: entry.body, may: (permission) => grants(permissions, permission, flavor) };
}

function keyOf(headers: IncomingHttpHeaders, query: (name: string) => string | undefined): string | undefined {
  const first = (value: string | string[] | undefined) => (Array.isArray(value) ? value[0] : value);
  const bearer = /^Bearer\s+(\S+)\s*$/i.exec(headers.authorization ?? '')?.[1];
  return first(headers['x-octopus-apikey']) ?? first(headers['x-nuget-apikey']) ?? query('apikey') ?? bearer;
}

/** The caller of a request. 401 when the key is missing or unknown, unless the route is open. */
export function authenticate(
  instance: Instance,
  headers: IncomingHttpHeaders,
  query: (name: string) => string | undefined,
  open: boolean,
): User {
  const key = keyOf(headers, query);
  const user = key === undefined ? undefined : userOfKey(instance, key);
  if (user !== undefined) return user;
  if (open) return anonymous;
  throw new Refusal(
    401,
    'You must be logged in to perform this action. Please provide a valid API key or log in again.',
  );
}

/** 403 without the permission. The product's wording is not published; this one imitates its style. */
export function authorize(user: User, permission: string): void {
  if (user.may(permission)) return;
  throw new Refusal(
    403,
    `You do not have permission to perform this action. Please contact your Octopus administrator. Missing permission: ${permission}`,
  );
}
