// Lists all privileges, and those of the user of a session.
import type { Json } from '../shared/json.ts';
import type { Instance } from './instance.ts';
import { projectsOf, statusOf } from './metadata/project.ts';
import { listedPrivileges, privileges, type ListedPrivilege } from './privileges.ts';
import { json, Refusal } from './refusal.ts';
import { compareReleases } from './release.ts';
import { route, type Route, type Visit } from './visit.ts';

/** One privilege has had its present name since 2021 Update 7. */
const nameOf = ({ version }: Instance, { privilege }: ListedPrivilege): string =>
  privilege === privileges.managePackages && compareReleases(version, '11.3.0700') < 0 ? 'Apply package' : privilege;

function heldBy({ instance, user }: Visit, one: ListedPrivilege): Json {
  const allowed = user.may(one.privilege);
  const loaded = projectsOf(instance.store).filter((project) => statusOf(project) === 0);
  return {
    id: one.id,
    name: nameOf(instance, one),
    isUserLevelAllowed: allowed,
    projects: one.ofProjects ? loaded.map(({ id, name }) => ({ id, name, isAllowed: allowed })) : [],
  };
}

export const privilegeRoutes: readonly Route[] = [
  route('GET', '/iserver/privileges', {}, ({ instance }) =>
    json(
      200,
      listedPrivileges.map((one) => ({
        id: one.id,
        name: nameOf(instance, one),
        description: '',
        categories: [one.category],
        isProjectLevelPrivilege: one.ofProjects,
      })),
    ),
  ),
  route('GET', '/sessions/privileges', {}, (visit) =>
    json(
      200,
      listedPrivileges.map((one) => heldBy(visit, one)),
    ),
  ),
  route('GET', '/sessions/privileges/:privilege(\\d{1,4})', {}, (visit) => {
    const found = listedPrivileges.find(({ id }) => id === visit.param('privilege'));
    if (found === undefined) throw new Refusal(404, 'ERR004', `There is no privilege ${visit.param('privilege')}.`);
    return json(200, heldBy(visit, found));
  }),
];
