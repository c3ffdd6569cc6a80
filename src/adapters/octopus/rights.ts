import { isMigratorError } from '../../errors.ts';
import { isForbidden } from '../shared/answers.ts';
import type { Server } from './server.ts';

/** What the server shows of an account. Undefined members: it does not tell. */
export interface AccountRights {
  readonly name: string;
  /** AdministerSystem, which the Migration API needs. */
  readonly isAdministrator: boolean | undefined;
  /** Whether the account is a Space Manager of this space, which Export/Import needs. */
  readonly isManager: boolean | undefined;
  /** Whether the account may push packages to the feed of this space. */
  readonly pushes: boolean | undefined;
}

/** Each server is asked once. */
const asked = new WeakMap<Server, Promise<AccountRights>>();

export function rightsOf(server: Server, signal: AbortSignal): Promise<AccountRights> {
  const known = asked.get(server) ?? readRights(server, signal);
  asked.set(server, known);
  known.catch(() => asked.delete(server));
  return known;
}

async function readRights(server: Server, signal: AbortSignal): Promise<AccountRights> {
  const [{ links }, space] = [await server.root(signal), await server.space(signal)];
  const { Id, Username, DisplayName } = await server.client.currentUser(links, signal);
  const name = DisplayName ?? Username ?? 'this account';
  const shown = Id === undefined ? undefined : await unlessHidden(async () => server.client.permissions(Id, signal));
  const { SystemPermissions: system, SpacePermissions: granted, IsPermissionsComplete: complete } = shown ?? {};
  const isKnown = complete !== false;
  const has = (permission: string): boolean | undefined => {
    if (!isKnown || granted === undefined || granted === null) return undefined;
    return (granted[permission] ?? []).some(
      ({ SpaceId }) => (SpaceId ?? undefined) === undefined || space.id === undefined || SpaceId === space.id,
    );
  };
  const isAdministrator = isKnown && Array.isArray(system) ? system.includes('AdministerSystem') : undefined;
  const teams = shown?.IsTeamsComplete === false ? undefined : shown?.Teams?.map((team) => team.Id);
  const named = async () => isNamedManager(server, { user: Id, teams, space: space.id }, signal);
  const isManager = isAdministrator === true || (await named());
  return {
    name,
    isAdministrator,
    // The managers have every permission of their space, so who may not even edit its teams is none. Who may edit them can
    // have come to it by a role, and the server decides.
    isManager: isManager === false && has('TeamEdit') !== false ? undefined : isManager,
    pushes: has('BuiltInFeedPush'),
  };
}

interface Account {
  readonly user: string | undefined;
  readonly teams: readonly string[] | undefined;
  readonly space: string | undefined;
}

/** Whether the document of the space names the account, or a team of it, as its manager. */
async function isNamedManager(
  server: Server,
  { user, teams, space }: Account,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  if (user === undefined || space === undefined) return undefined;
  const { links } = await server.root(signal);
  const shown = await unlessHidden(async () => server.client.space(links, space, signal));
  const { SpaceManagersTeamMembers: members, SpaceManagersTeams: managing } = shown ?? {};
  if (members?.includes(user) === true || teams?.some((id) => managing?.includes(id)) === true) return true;
  const areTold = managing?.length === 0 || (Array.isArray(managing) && teams !== undefined);
  return Array.isArray(members) && areTold ? false : undefined;
}

/** Undefined when this account may not read it, or this version does not have it. */
async function unlessHidden<Result>(read: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isMigratorError(error, 'NOT_FOUND') || isForbidden(error)) return undefined;
    throw error;
  }
}
