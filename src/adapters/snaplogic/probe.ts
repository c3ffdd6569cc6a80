import { MigratorError } from '../../errors.ts';
import type { InstanceInfo } from '../../ports/adapter.ts';
import { isForbidden } from '../shared/answers.ts';
import { isContainer, orgsOf, whoAmI, type Server } from './server.ts';
import type { User } from './wire/schemas.ts';

/** The control plane does not tell its release. All users of a control plane have the newest one. */
const apiVersion = 'public API 1';

export async function probe(server: Server, signal: AbortSignal): Promise<InstanceInfo> {
  const { client, connection } = server;
  const user = await whoAmI(server, signal);
  const [org] = user === undefined ? await orgsOf(server, signal) : [];
  // The caller is not known by name, so a list of the org proves the credentials.
  if (org !== undefined) await client.list([org], signal);
  const closed = user === undefined || !connection.basic ? [] : await refusedLogin(server, user, signal);
  return {
    product: 'snaplogic',
    version: apiVersion,
    url: connection.url,
    account: user?.email ?? connection.username ?? 'the holder of a token',
    mode: 'normal',
    rights: rightsOf(server, user),
    notes: [...accountNotes(user), ...orgNotes(server, user), ...closed],
  };
}

/**
 * An org may refuse passwords, and the control plane describes the account all the same. AUTH_REFUSED when the account
 * administers the org: then nothing else can be the reason.
 */
async function refusedLogin(
  { client, connection, seen }: Server,
  { organizations }: User,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const org = organizations.find(({ name }) => name === connection.org);
  if (org === undefined) return [];
  try {
    const { entries } = await client.list([org.name], signal);
    // Whoever looks for a space of this org next need not ask again.
    for (const entry of entries.filter(isContainer)) seen.spaces.set(`/${org.name}/${entry.name}`, entry);
    return [];
  } catch (error) {
    if (!isForbidden(error)) throw error;
    const hint = `${org.name} may have disabled logins with a password: set \`token\` instead of \`password\``;
    if (org.administrator !== true) return [`${org.name} may not be listed by this account; ${hint}`];
    throw new MigratorError('AUTH_REFUSED', `${org.name} refuses this account: ${error.message}`, {
      hint,
      details: error.details,
      cause: error,
    });
  }
}

function rightsOf({ connection }: Server, user: User | undefined): InstanceInfo['rights'] {
  const detail =
    'exports, imports and the status of a migration need it; a migration only has to read here and write there';
  const known = (user?.organizations ?? []).filter(
    ({ name }) => connection.org === undefined || name === connection.org,
  );
  if (known.length === 0) return [{ action: 'administer the org', allowed: undefined, detail }];
  return known.map(({ name, administrator }) => ({ action: `administer ${name}`, allowed: administrator, detail }));
}

/** Facts about the account that will make the next call fail. */
export function accountNotes(user: User | undefined): readonly string[] {
  return [
    ...(user?.user_locked_out === true ? [`the account ${user.email ?? ''} is locked`] : []),
    ...(user?.password_expired === true ? [`the password of ${user.email ?? 'this account'} has expired`] : []),
  ];
}

function orgNotes({ connection }: Server, user: User | undefined): readonly string[] {
  const { org, tokenOrg } = connection;
  const unseen = org !== undefined && user !== undefined && !user.organizations.some(({ name }) => name === org);
  return [
    ...(unseen ? [`the account is not a member of the org ${org}; names are case-sensitive`] : []),
    ...(org !== undefined && tokenOrg !== undefined && tokenOrg !== org
      ? [`the token was issued for the org ${tokenOrg}, not for ${org}`]
      : []),
  ];
}
