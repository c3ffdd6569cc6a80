import { asList, asText, type Json } from '../shared/json.ts';
import type { Store } from '../shared/store.ts';
import { everyoneId } from './identifiers.ts';
import { groupSubtype, objectType } from './metadata/object-types.ts';
import { configuration, findObject, objectsOf, type MetadataObject } from './metadata/object.ts';
import { projectsOf } from './metadata/project.ts';
import { membersInProject } from './metadata/security-link.ts';
import { invalid, json, Refusal } from './refusal.ts';
import { pageOf, readFlag, totalOf } from './request.ts';
import { privilegesOf, userOf } from './users.ts';
import { paged, route, type Route, type Visit } from './visit.ts';

const briefly = ({ id, name }: MetadataObject) => ({ id, name });

const groupIdsOf = ({ definition }: MetadataObject): readonly string[] =>
  asList(definition['groups']).map((id) => asText(id));

const groupsOf = (store: Store, user: MetadataObject) =>
  groupIdsOf(user).flatMap((id) => {
    const group = findObject(store, configuration, id);
    return group === undefined ? [] : [briefly(group)];
  });

function userView(store: Store, object: MetadataObject): Json {
  const user = userOf(store, object.id);
  return {
    id: object.id,
    type: object.type,
    subtype: object.subtype,
    name: object.name,
    fullName: object.name,
    abbreviation: user?.username ?? '',
    username: user?.username ?? '',
    initials: user?.initials ?? '',
    description: object.description,
    enabled: object.definition['enabled'] !== false,
    dateCreated: object.created,
    dateModified: object.modified,
    version: object.version,
    memberships: groupsOf(store, object),
    privileges: privilegesOf(store, object).map((name) => ({ name })),
  };
}

const accounts = (store: Store, groups: boolean) =>
  objectsOf(store, configuration).filter(
    ({ type, subtype }) => type === objectType.user && (subtype === groupSubtype) === groups,
  );

function needAccount({ instance, param }: Visit, groups: boolean): MetadataObject {
  const found = accounts(instance.store, groups).find(({ id }) => id === param('id'));
  if (found === undefined) throw new Refusal(404, 'ERR004', `The user with ID '${param('id')}' is not found.`);
  return found;
}

function roleView(store: Store, role: MetadataObject): Json {
  const projects = projectsOf(store).map((project) => ({
    ...briefly(project),
    members: membersInProject(store, project.id, role.id).flatMap((id) => {
      const member = findObject(store, configuration, id);
      return member === undefined ? [] : [{ ...briefly(member), type: member.type, subType: member.subtype }];
    }),
  }));
  return {
    ...briefly(role),
    type: role.type,
    subtype: role.subtype,
    description: role.description,
    dateModified: role.modified,
    version: role.version,
    privileges: asList(role.definition['privileges']),
    projects: projects.filter(({ members }) => members.length > 0),
  };
}

const loginOf = ({ definition }: MetadataObject): string => asText(definition['username']);

/** The users and groups that are directly in a group. Everybody is in the group Everyone. */
function membersOf(store: Store, group: string): readonly MetadataObject[] {
  const isIn = (one: MetadataObject): boolean =>
    groupIdsOf(one).includes(group) || (group === everyoneId && one.subtype !== groupSubtype);
  return [...accounts(store, false), ...accounts(store, true)].filter(isIn);
}

const idsOf = ({ call }: Visit): readonly string[] =>
  call.search
    .getAll('id')
    .flatMap((text) => text.split(','))
    .filter((id) => id !== '');

/** The beginning that a query parameter asks for. Clients may add `*` for the rest. */
const beginning = ({ call }: Visit, name: string): string => (call.query(name) ?? '').replace(/\*$/, '').toLowerCase();

const roles = (store: Store) => objectsOf(store, configuration).filter(({ type }) => type === objectType.securityRole);

export const userRoutes: readonly Route[] = [
  route('GET', '/users', { query: paged('nameBegins', 'abbreviationBegins', 'id') }, (visit) => {
    const abbreviation = beginning(visit, 'abbreviationBegins');
    const ids = idsOf(visit);
    const found = accounts(visit.instance.store, false)
      .filter(({ id }) => ids.length === 0 || ids.includes(id))
      .filter(({ name }) => name.toLowerCase().startsWith(beginning(visit, 'nameBegins')))
      .map((one) => userView(visit.instance.store, one))
      .filter((one) => asText(one['abbreviation']).toLowerCase().startsWith(abbreviation));
    return json(200, pageOf(visit, found), totalOf(found));
  }),
  route('GET', '/users/:id', {}, (visit) => json(200, userView(visit.instance.store, needAccount(visit, false)))),
  route('GET', '/usergroups', { query: paged('nameBegins') }, (visit) => {
    const begins = beginning(visit, 'nameBegins');
    const found = accounts(visit.instance.store, true).filter(({ name }) => name.toLowerCase().startsWith(begins));
    return json(
      200,
      pageOf(visit, found).map(({ id, name, type, subtype }) => ({ id, name, type, subtype })),
      totalOf(found),
    );
  }),
  route('GET', '/usergroups/:id', {}, (visit) => {
    const group = needAccount(visit, true);
    return json(200, { ...userView(visit.instance.store, group), username: undefined });
  }),
  route('GET', '/usergroups/:id/members', { query: paged('includeAccess') }, (visit) => {
    const found = membersOf(visit.instance.store, needAccount(visit, true).id);
    if (readFlag(visit.call.query('includeAccess') ?? 'false') !== false)
      throw invalid('This emulator shows no access of members: includeAccess must be false.');
    const members = found.map((one) => ({ ...userView(visit.instance.store, one), abbreviation: loginOf(one) }));
    return json(200, pageOf(visit, members), totalOf(members));
  }),
  route('GET', '/usergroups/:id/memberships', {}, (visit) =>
    json(200, groupsOf(visit.instance.store, needAccount(visit, true))),
  ),
  route('GET', '/securityRoles', {}, ({ instance }) =>
    json(
      200,
      roles(instance.store).map((role) => roleView(instance.store, role)),
    ),
  ),
  route('GET', '/securityRoles/:id', {}, ({ instance, param }) => {
    const role = roles(instance.store).find(({ id }) => id === param('id'));
    if (role === undefined) throw new Refusal(404, 'ERR004', `The security role '${param('id')}' is not found.`);
    return json(200, roleView(instance.store, role));
  }),
];
