import { flagIn } from '../shared/query.ts';
import { asList } from '../shared/json.ts';
import type { Entry } from '../shared/store.ts';
import { collection, readList } from './collection.ts';
import { mixedFilters, narrowed } from './document-filters.ts';
import { needDocument, newId, wireDate } from './instance.ts';
import { paged } from './query.ts';
import { absent, json, Refusal } from './refusal.ts';
import { resource } from './resource.ts';
import { asText, members, readText } from './tolerant-json.ts';
import { isNamedManager } from './space-managers.ts';
import { allowKey, everyone, grantedTo, newApiKey, spacePermissions } from './users.ts';
import { route, type Route, type Visit } from './visit.ts';

const found = (visit: Visit) => needDocument(visit.instance.store, 'Users', visit.param('id'));

/** The teams of the user in the path. Everybody is in the team Everyone, which lists no members. */
const teamsOf = (visit: Visit): readonly Entry[] => {
  const user = found(visit);
  const isMember = ({ id, body }: Entry) => id === everyone || asList(body['MemberUserIds']).includes(user.id);
  return narrowed(visit, 'Teams', visit.instance.store.all('Teams').filter(isMember));
};

function permissions(visit: Visit) {
  const entry = found(visit);
  const granted = grantedTo(entry, visit.instance.flavor);
  const named = readList(visit, 'spaces') ?? ['all'];
  const ids = visit.instance.store
    .all('Spaces')
    .map(({ id }) => id)
    .filter((id) => named.some((one) => one.toLowerCase() === id.toLowerCase()));
  // What holds in every space has no space, unless single spaces are asked for.
  const everywhere = named.some((one) => one.toLowerCase() === 'all');
  const placesIn = (spaces: readonly (string | null)[]) =>
    spaces.map((SpaceId) => ({
      SpaceId,
      RestrictedToProjectIds: [],
      RestrictedToEnvironmentIds: [],
      RestrictedToTenantIds: [],
    }));
  const { store } = visit.instance;
  const spaces = everywhere ? store.all('Spaces').map(({ id }) => id) : ids;
  const managed = placesIn(spaces.filter((id) => isNamedManager(store, entry.id, id)));
  const places = placesIn(everywhere ? [null] : ids);
  const inSpaces = spacePermissions.map((name) => [name, granted.space.includes(name) ? places : managed] as const);
  const system = flagIn(visit.call, 'includeSystem') !== false;
  return json(200, {
    Id: entry.id,
    SpacePermissions: Object.fromEntries(
      inSpaces.filter(([, own]) => own.length > 0).toSorted(([a], [b]) => (a < b ? -1 : 1)),
    ),
    SystemPermissions: system ? granted.system : [],
    Teams: teamsOf(visit).map(({ id, name }) => ({ Id: id, Name: name })),
    IsPermissionsComplete: true,
    IsTeamsComplete: true,
    Links: { Self: `/api/users/${entry.id}/permissions` },
  });
}

const keyKind = 'ApiKeys';

function keyResource({ id, body }: Entry) {
  const self = `/api/users/${String(body['UserId'])}/apikeys/${id}`;
  const { $key: key, ...shown } = body;
  // A key is shown in full only when it is made. Later answers show its beginning.
  return { ...shown, ApiKey: { HasValue: true, NewValue: null, Hint: String(key).slice(0, 7) }, Links: { Self: self } };
}

const own = (visit: Visit) =>
  visit.instance.store.all(keyKind).filter(({ body }) => body['UserId'] === visit.param('id'));

/** Users manage their own keys. The keys of others need the permission to edit users. */
function mayManageKeys(visit: Visit): void {
  if (visit.user.id === found(visit).id || visit.user.may('UserEdit')) return;
  throw new Refusal(403, 'You do not have permission to manage the API keys of another user.');
}

async function makeKey(visit: Visit) {
  mayManageKeys(visit);
  const { store } = visit.instance;
  const get = members(await visit.body());
  const key = newApiKey();
  const entry: Entry = {
    kind: keyKind,
    id: newId(store, keyKind),
    container: undefined,
    name: readText(get('Purpose'), 'Purpose') ?? '',
    body: {
      Purpose: readText(get('Purpose'), 'Purpose') ?? null,
      UserId: visit.param('id'),
      Created: wireDate(new Date()),
      Expires: readText(get('Expires'), 'Expires') ?? null,
      $key: key,
    },
  };
  store.atomically(() => {
    store.put({ ...entry, body: { Id: entry.id, ...entry.body } });
    allowKey(store, key, visit.param('id'));
  });
  return json(201, { Id: entry.id, ...keyResource(entry), ApiKey: key });
}

function findKey(visit: Visit): Entry {
  const entry = own(visit).find(({ id }) => id.toLowerCase() === visit.param('key').toLowerCase());
  if (entry === undefined) throw absent(visit.param('key'));
  return entry;
}

function removeKey(visit: Visit) {
  mayManageKeys(visit);
  const { store } = visit.instance;
  const entry = findKey(visit);
  store.atomically(() => {
    store.remove(keyKind, entry.id);
    store.keep(`api-key:${String(entry.body['$key'])}`, undefined);
  });
  return json(200, {});
}

/** Each user sees every space. .NET clients first look for the default space in this list. */
const spaces: Route['handle'] = (visit) => {
  found(visit);
  return json(200, visit.instance.store.all('Spaces').map(resource));
};

/** `filter` is a part of the user name, the display name or the e-mail address. */
function listed(visit: Visit): readonly Entry[] {
  const part = (visit.call.query('filter') ?? '').toLowerCase();
  const names = ({ body }: Entry) => ['Username', 'DisplayName', 'EmailAddress'].map((name) => asText(body[name]));
  const ids = new Set(readList(visit, 'ids')?.map((id) => id.toLowerCase()));
  return visit.instance.store
    .all('Users')
    .filter((user) => ids.size === 0 || ids.has(user.id.toLowerCase()))
    .filter((user) => names(user).some((name) => name.toLowerCase().includes(part)));
}

export const userRoutes: readonly Route[] = [
  route('GET', '/users/me', {}, ({ instance, user }) =>
    json(200, resource(needDocument(instance.store, 'Users', user.id))),
  ),
  route('GET', '/users/:id/permissions', { query: mixedFilters }, permissions),
  route('GET', '/users/:id/permissions/configuration', { query: mixedFilters }, permissions),
  route('GET', '/users/:id/spaces', {}, spaces),
  route('GET', '/users/:id/teams', { query: mixedFilters }, (visit) => json(200, teamsOf(visit).map(resource))),
  route('GET', '/users/:id/apikeys', { query: paged() }, (visit) => {
    mayManageKeys(visit);
    return collection(visit, own(visit), { itemType: 'ApiKey', present: keyResource, filters: [] });
  }),
  route('POST', '/users/:id/apikeys', {}, makeKey),
  route('GET', '/users/:id/apikeys/:key', {}, (visit) => json(200, keyResource(findKey(visit)))),
  route('DELETE', '/users/:id/apikeys/:key', {}, removeKey),
  route('GET', '/users', { permission: 'UserView', query: paged('ids', 'filter') }, (visit) =>
    collection(visit, listed(visit), { itemType: 'User', present: resource, filters: ['ids', 'filter'] }),
  ),
  route('GET', '/users/all', { permission: 'UserView', query: ['ids', 'filter'] }, (visit) =>
    json(200, listed(visit).map(resource)),
  ),
  route('GET', '/users/:id', {}, (visit) => json(200, resource(found(visit)))),
];
