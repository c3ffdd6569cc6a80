import { MigratorError } from '../../errors.ts';
import type { InstanceInfo } from '../../ports/adapter.ts';
import { isForbidden } from '../shared/answers.ts';
import { brokenScheduler, seesLess, type Server } from './server.ts';

/** The release numbers that this adapter knows. Release 4.7 calls itself 4.6. */
const knownVersions = ['4.6', '4.7'];

/**
 * Only administrators may read the release, so this one request also proves the account: 401 for a wrong login, 403 for
 * an account that may not migrate. `is_alive` answers everybody.
 */
export async function probe(server: Server, signal: AbortSignal): Promise<InstanceInfo> {
  const { rest, account, url } = server;
  if (!(await rest.isAlive(signal))) {
    throw new MigratorError('REMOTE_UNEXPECTED', `${url} does not answer as eNMS does`, {
      hint: 'check that the URL is an eNMS server, without /rest',
    });
  }
  const found = await versionOf(server, signal);
  const version = found.version ?? 'unknown';
  const notes: string[] = [];
  if (found.admin && found.version === undefined) notes.push('the server does not tell its release');
  if (found.version !== undefined && !knownVersions.includes(found.version)) {
    notes.push(`the server is of release ${found.version}; migrator knows eNMS 4.7, which calls itself 4.6`);
  }
  if (!found.admin) notes.push(seesLess(account.username));
  const scheduler = brokenScheduler(server);
  if (scheduler !== undefined) notes.push(scheduler);
  return {
    product: 'enms',
    version,
    url,
    account: account.username,
    mode: 'normal',
    rights: [
      { action: 'export', allowed: found.admin, detail: 'needs an administrator (is_admin)' },
      { action: 'import', allowed: found.admin, detail: 'needs an administrator (is_admin)' },
      { action: 'download and upload migration files', allowed: found.admin ? true : undefined },
    ],
    notes,
  };
}

async function versionOf({ rest, seen }: Server, signal: AbortSignal) {
  try {
    seen.servers = await rest.servers(signal);
    seen.admin = true;
    return { admin: true, version: seen.servers.find(({ version }) => version !== undefined)?.version };
  } catch (error) {
    if (!isForbidden(error)) throw error;
    seen.admin = false;
    return { admin: false, version: undefined };
  }
}
