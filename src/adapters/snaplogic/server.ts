import { isMigratorError, MigratorError } from '../../errors.ts';
import type { Adapter, AdapterTools } from '../../ports/adapter.ts';
import { isForbidden } from '../shared/answers.ts';
import type { OptionFiles } from './archives/expressions.ts';
import type { SnaplogicConnection } from './connection.ts';
import { createLedger, type Ledger } from './started-jobs.ts';
import type { Client } from './wire/client.ts';
import type { ProjectPath } from './wire/paths.ts';
import type { Entry, User } from './wire/schemas.ts';

/** One control plane as one connection sees it. */
export interface Server {
  readonly client: Client;
  readonly connection: SnaplogicConnection;
  readonly tools: Pick<AdapterTools, 'clock' | 'random' | 'debug' | 'peer'>;
  readonly ledger: Ledger;
  readonly optionFiles: OptionFiles;
  readonly seen: Seen;
}

/** What this process has read and need not read again. Only what was there is kept, never that something is missing. */
interface Seen {
  user?: User;
  /** The entries of project spaces, by path. */
  readonly spaces: Map<string, Entry>;
  /** The paths of projects, by the name alone that the user typed. */
  readonly named: Map<string, ProjectPath>;
}

export function connectTo(client: Client, connection: SnaplogicConnection, tools: AdapterTools): Server {
  const seen: Seen = { spaces: new Map(), named: new Map() };
  return { client, connection, tools, ledger: createLedger(), optionFiles: new Map(), seen };
}

const servers = new WeakMap<Adapter, Server>();

export function remember(adapter: Adapter, server: Server): Adapter {
  servers.set(adapter, server);
  return adapter;
}

/** The control plane of another instance's adapter, which is read with that instance's account. */
export function serverOf(adapter: Adapter): Server | undefined {
  return servers.get(adapter);
}

/** As `serverOf`, by the name of the instance. Undefined when the rc file no longer has that instance. */
export async function peerNamed(server: Server, name: string): Promise<Server | undefined> {
  if (name === server.connection.name) return server;
  try {
    return serverOf(await server.tools.peer(name));
  } catch (error) {
    if (!isMigratorError(error, 'CONFIG_INVALID')) throw error;
    server.tools.debug(`${error.message}; looking with the account of ${server.connection.name} instead`);
    return undefined;
  }
}

/** The account of the caller, as the control plane describes it; undefined when it does not. */
export async function whoAmI(
  { client, connection, tools, seen }: Server,
  signal: AbortSignal,
): Promise<User | undefined> {
  if (connection.username === undefined || seen.user !== undefined) return seen.user;
  try {
    return (seen.user = await client.user(connection.username, signal));
  } catch (error) {
    if (!isForbidden(error) && !isMigratorError(error, 'NOT_FOUND')) throw error;
    tools.debug(`the control plane does not describe ${connection.username}: ${error.message}`);
    return undefined;
  }
}

/** The orgs that the caller sees: the org of the instance, else all that the control plane names. */
export async function orgsOf(server: Server, signal: AbortSignal): Promise<readonly string[]> {
  const { client, connection } = server;
  if (connection.org !== undefined) return [connection.org];
  const user = await whoAmI(server, signal);
  if (user !== undefined && user.organizations.length > 0) return user.organizations.map(({ name }) => name);
  if (connection.username !== undefined) return client.orgs(connection.username, signal);
  if (connection.tokenOrg !== undefined) return [connection.tokenOrg];
  throw new MigratorError('CONFIG_INVALID', `instance ${connection.name} does not tell which orgs it sees`, {
    hint: 'set `org`, or `username` to the e-mail address that the token is for',
  });
}

/** Whether an entry of a list is a project space or a project. */
export function isContainer({ asset_type: type }: Entry): boolean {
  return type === undefined || /^(dir|project|project ?space|space)$/iu.test(type);
}
