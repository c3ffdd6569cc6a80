import { isMigratorError } from '../../errors.ts';
import { isForbidden } from '../shared/answers.ts';
import type { Server } from './server.ts';

/** What the server shows of an account. Undefined members: it does not tell. */
export interface AccountRights {
  readonly name: string;
  /** AdministerSystem, which the Migration API needs. */
  readonly isAdministrator: boolean | undefined;
  /** Whether the account may be a Space Manager of this space, which Export/Import needs. */
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

/**
 * The rights by the permissions of the account. No document of the product says how a Space Manager is recognised: the
 * role has every permission of its space, so who may not edit teams there is none.
 */
async function readRights(server: Server, signal: AbortSignal): Promise<AccountRights> {
  const [{ links }, space] = [await server.root(signal), await server.space(signal)];
  const { Id, Username, DisplayName } = await server.client.currentUser(links, signal);
  const name = DisplayName ?? Username ?? 'this account';
  const shown = Id === undefined ? undefined : await permissionsOf(server, Id, signal);
  const { SystemPermissions: system, SpacePermissions: granted, IsPermissionsComplete: complete } = shown ?? {};
  const isKnown = complete !== false;
  const has = (permission: string): boolean | undefined => {
    if (!isKnown || granted === undefined || granted === null) return undefined;
    return (granted[permission] ?? []).some(
      ({ SpaceId }) => (SpaceId ?? undefined) === undefined || space.id === undefined || SpaceId === space.id,
    );
  };
  const isAdministrator = isKnown && Array.isArray(system) ? system.includes('AdministerSystem') : undefined;
  return {
    name,
    isAdministrator,
    isManager: isAdministrator === true || has('TeamEdit'),
    pushes: has('BuiltInFeedPush'),
  };
}

/** Undefined when this account may not read them, or this version does not have them. */
async function permissionsOf(server: Server, user: string, signal: AbortSignal) {
  try {
    return await server.client.permissions(user, signal);
  } catch (error) {
    if (isMigratorError(error, 'NOT_FOUND') || isForbidden(error)) return undefined;
    throw error;
  }
}
