import { MigratorError } from '../../errors.ts';
import { rightsOf } from './rights.ts';
import type { Server } from './server.ts';

const permission = 'BuiltInFeedPush';

/** AUTH_REFUSED when the permissions that the server shows certainly leave out pushing to the feed of this space. */
export async function requirePushRight(server: Server, signal: AbortSignal): Promise<void> {
  const { name: who, pushes } = await rightsOf(server, signal);
  if (pushes !== false) return;
  const { name } = await server.space(signal);
  const where = name === undefined ? '' : ` of space ${name}`;
  throw new MigratorError('AUTH_REFUSED', `${who} may not push packages to the feed${where}`, {
    hint: `give the account the permission ${permission} there, for example with the role Package Publisher`,
    details: { permission },
  });
}
