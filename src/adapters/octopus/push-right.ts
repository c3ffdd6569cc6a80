import { isMigratorError, MigratorError } from '../../errors.ts';
import { isForbidden } from '../shared/answers.ts';
import type { Server } from './server.ts';

const permission = 'BuiltInFeedPush';

/** AUTH_REFUSED when the permissions that the server shows certainly leave out pushing to the feed of this space. */
export async function requirePushRight(server: Server, signal: AbortSignal): Promise<void> {
  const [{ links }, space] = [await server.root(signal), await server.space(signal)];
  const { Id, Username, DisplayName } = await server.client.currentUser(links, signal);
  const shown = Id === undefined ? undefined : await permissionsOf(server, Id, signal);
  const { SpacePermissions: granted, IsPermissionsComplete: complete } = shown ?? {};
  if (granted === undefined || granted === null || complete === false) return;
  const places = granted[permission] ?? [];
  const allows = (place: string | null | undefined) =>
    (place ?? undefined) === undefined || space.id === undefined || place === space.id;
  if (places.some(({ SpaceId }) => allows(SpaceId))) return;
  const who = DisplayName ?? Username ?? 'this account';
  const where = space.name === undefined ? '' : ` of space ${space.name}`;
  throw new MigratorError('AUTH_REFUSED', `${who} may not push packages to the feed${where}`, {
    hint: `give the account the permission ${permission} there, for example with the role Package Publisher`,
    details: { permission },
  });
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
