// Who manages a space may do everything in it, and alone may export and import its projects.
import { asList } from '../shared/json.ts';
import type { Store } from '../shared/store.ts';
import { Refusal } from './refusal.ts';
import type { User } from './users.ts';
import type { Visit } from './visit.ts';

/** A user with every permission manages every space; others are members of the space's managers or of their teams. */
export function isSpaceManager(store: Store, user: User, space: string): boolean {
  if (user.may('*')) return true;
  const body = store.get('Spaces', space)?.body;
  if (asList(body?.['SpaceManagersTeamMembers']).includes(user.id)) return true;
  return asList(body?.['SpaceManagersTeams'])
    .map((id) => store.get('Teams', String(id)))
    .some((team) => asList(team?.body['MemberUserIds']).includes(user.id));
}

/** 403 for everybody else. The product's wording is not published; this one imitates its style. */
export function needSpaceManager({ instance, user, space }: Visit, wanted = space): void {
  if (isSpaceManager(instance.store, user, wanted)) return;
  throw new Refusal(
    403,
    `You do not have permission to perform this action. Please contact your Octopus administrator. Only a Space Manager of the space ${wanted} can export and import its projects.`,
  );
}
