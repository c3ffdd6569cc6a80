// Who manages a space may do everything in it, and alone may export and import its projects.
import { asList } from '../shared/json.ts';
import type { Store } from '../shared/store.ts';
import { Refusal } from './refusal.ts';
import type { User } from './users.ts';
import type { Visit } from './visit.ts';

/** A user with every permission manages every space; others are members of the space's managers or of their teams. */
export const isSpaceManager = (store: Store, user: User, space: string): boolean =>
  user.may('*') || isNamedManager(store, user.id, space);

/** Whether a space names the user, or a team of the user, as its manager. */
export function isNamedManager(store: Store, user: string, space: string): boolean {
  const body = store.get('Spaces', space)?.body;
  if (asList(body?.['SpaceManagersTeamMembers']).includes(user)) return true;
  return asList(body?.['SpaceManagersTeams'])
    .map((id) => store.get('Teams', String(id)))
    .some((team) => asList(team?.body['MemberUserIds']).includes(user));
}

/** 403 for everybody else. The product's wording is not published; this one imitates its style. */
export function needSpaceManager({ instance, user, space }: Visit, wanted = space): void {
  if (isSpaceManager(instance.store, user, wanted)) return;
  throw new Refusal(
    403,
    `You do not have permission to perform this action. Please contact your Octopus administrator. Only a Space Manager of the space ${wanted} can export and import its projects.`,
  );
}
