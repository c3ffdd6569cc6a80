import { accountNotes } from './probe.ts';
import { countsOf, type Asset } from './projects/asset-plan.ts';
import type { Destination } from './projects/destination.ts';
import { whoAmI, type Server } from './server.ts';
import { formatPath, type ProjectPath } from './wire/paths.ts';
import type { Entry } from './wire/schemas.ts';

interface Move {
  readonly source: ProjectPath;
  readonly destination: Destination;
  readonly travelling: readonly Asset[];
  /** What stays at the source. */
  readonly left: readonly Asset[];
  /** The source project as it was listed. */
  readonly entries: readonly Entry[];
}

/** What people should know of a migration before it starts. */
export function moveNotes({ source, destination, travelling, left, entries }: Move): readonly string[] {
  return [
    ...leftNotes(left, destination),
    ...trustNotes(source, destination.path, travelling),
    ...unreadNotes(travelling, entries),
  ];
}

function leftNotes(left: readonly Asset[], { exists }: Destination): readonly string[] {
  if (left.length === 0) return [];
  const why =
    exists === false
      ? 'their types were not named'
      : 'on an existing project name them with --asset-type to overwrite them';
  return [`left out: ${left.map(({ type, name }) => `${type} "${name}"`).join(', ')}; ${why}`];
}

function trustNotes(source: ProjectPath, path: ProjectPath, travelling: readonly Asset[]): readonly string[] {
  const bound = travelling.filter(({ type }) => type === 'Account' || type === 'Policy');
  if (source.org === path.org || bound.length === 0) return [];
  return [
    `${countsOf(bound)} cross from ${source.org} to ${path.org}: ${source.org} must list ${path.org} as a trusted environment, and ${path.org} must be at least as secure; no API tells whether that is so`,
  ];
}

/** The assets that may not arrive, because their list says that this account may not read them. */
function unreadNotes(travelling: readonly Asset[], entries: readonly Entry[]): readonly string[] {
  const closed = new Set(entries.filter(({ perms }) => perms?.includes('R') === false).map(({ name }) => name));
  return travelling
    .filter(({ name }) => closed.has(name))
    .map(({ type, name }) => `${type} "${name}" may not be read by this account, as its list says: it may not arrive`);
}

/** A list tells the rights of the account that reads it, so it counts only when the migrating account read it. */
export function writeNotes(server: Server, there: Server, { path, writable }: Destination): readonly string[] {
  const same = there === server || there.connection.username === server.connection.username;
  if (!same || writable !== false) return [];
  return [
    `this account may not write at ${formatPath(path)}, as its list says: the control plane may refuse the migration`,
  ];
}

export async function accessNotes(
  server: Server,
  source: ProjectPath,
  path: ProjectPath,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const user = await whoAmI(server, signal);
  const { tokenOrg } = server.connection;
  const elsewhere =
    tokenOrg === undefined || tokenOrg === source.org
      ? []
      : [`the token was issued for the org ${tokenOrg}, not for ${source.org}: the control plane may refuse it`];
  if (user === undefined) return [...elsewhere, 'the control plane does not tell what rights this account has'];
  const orgs = [...new Set([source.org, path.org])];
  const outside = orgs.filter((org) => !user.organizations.some(({ name }) => name === org));
  const admin = user.organizations.some(({ name, administrator }) => name === source.org && administrator === true);
  return [
    ...elsewhere,
    ...accountNotes(user),
    ...outside.map((org) => `${user.email ?? 'this account'} is not listed as a member of ${org}`),
    ...(admin
      ? []
      : [
          'this account is not an administrator: the control plane may not show it the status, and the result is then read from the target',
        ]),
  ];
}
