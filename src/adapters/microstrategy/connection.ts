import { z } from 'zod';
import { MigratorError } from '../../errors.ts';
import type { Connection } from '../../ports/adapter.ts';
import type { Secret } from '../../secret.ts';
import { readSettings } from '../shared/settings.ts';

export const secretSettings = ['password', 'apiToken'] as const;

const settingsSchema = z.strictObject({
  username: z.string().trim().min(1).optional(),
  loginMode: z.enum(['standard', 'ldap']).optional(),
  /** Name or id of the project that is taken when none is named. */
  project: z.string().trim().min(1).optional(),
  /** The name of this environment in migration records. Default: the name of the instance. */
  environmentName: z.string().trim().min(1).optional(),
  /** The kind of client for which the server counts the session: 35 is MicroStrategy Web, 76 the Python client. */
  applicationType: z.number().int().positive().optional(),
});

/** The credentials of the login. An API token is sent in the place of the user name. */
export type Credentials =
  | { readonly kind: 'user'; readonly username: string; readonly password: Secret; readonly loginMode: 1 | 16 }
  | { readonly kind: 'token'; readonly apiToken: Secret };

/** An environment in migration records. Its id is the URL of the Library with one slash at its end. */
export interface Environment {
  readonly id: string;
  readonly name: string;
}

export interface LibraryConnection {
  readonly name: string;
  /** The URL of the Library, without a slash at its end and without `/api`. */
  readonly url: string;
  readonly environment: Environment;
  readonly project: string | undefined;
  readonly credentials: Credentials;
  readonly applicationType: number;
}

const web = 35;
const hint = 'a MicroStrategy instance has `url`, and `username` with `password`, or `apiToken`';

/**
 * CONFIG_INVALID when a setting is unknown or of the wrong type, or when there is not exactly one kind of credentials.
 */
export function readConnection(connection: Connection): LibraryConnection {
  const { name, url, secrets } = connection;
  const settings = readSettings(settingsSchema, connection, hint);
  const { username, loginMode, project, environmentName, applicationType = web } = settings;
  if (!URL.canParse(url))
    throw new MigratorError('CONFIG_INVALID', `the url of instance ${name} is not a URL`, { hint });
  const base = libraryUrl(url);
  return {
    name,
    url: base,
    environment: environmentOf({ name: environmentName ?? name, url }),
    project,
    credentials: credentialsOf({ name, username, loginMode }, secrets),
    applicationType,
  };
}

/**
 * The URL of the Library. It may be written with a slash at its end, with `/api`, or with the path of the login page.
 */
export function libraryUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || url.origin === 'null') return text;
  const path = url.pathname.replace(/\/(api|app|auth)(\/.*)?$/, '').replace(/\/+$/, '');
  return `${url.origin}${path}`;
}

/** How records name a Library. */
export function environmentOf({ name, url }: { readonly name: string; readonly url: string }): Environment {
  return { id: `${libraryUrl(url)}/`, name };
}

function credentialsOf(
  { name, username, loginMode }: { name: string; username: string | undefined; loginMode: string | undefined },
  { password, apiToken }: Connection['secrets'],
): Credentials {
  const fail = (what: string): MigratorError =>
    new MigratorError('CONFIG_INVALID', `instance ${name} ${what}`, { hint });
  if (apiToken !== undefined) {
    if (username !== undefined || password !== undefined || loginMode !== undefined)
      throw fail('has an API token and a user: only one of them can log in');
    return { kind: 'token', apiToken };
  }
  if (username === undefined || password === undefined) throw fail('needs a user name and a password, or an API token');
  return { kind: 'user', username, password, loginMode: loginMode === 'ldap' ? 16 : 1 };
}
