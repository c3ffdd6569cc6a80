import { z } from 'zod';
import { MigratorError } from '../../errors.ts';
import type { Connection } from '../../ports/adapter.ts';
import type { Secret } from '../../secret.ts';
import { readSettings } from '../shared/settings.ts';

export const secretSettings = ['password'] as const;

const settingsSchema = z.strictObject({
  username: z
    .string()
    .min(1)
    // A colon ends the name in the header (RFC 7617).
    .refine((name) => !name.includes(':'), 'a user name has no colon'),
  /** How migrations are carried out when the command does not say it. */
  via: z.enum(['web', 'rest']).default('web'),
  /** The method of the web login: `database`, `ldap` or `tacacs`. Default: the method of the account. */
  authentication: z.string().min(1).optional(),
});

export type Way = z.infer<typeof settingsSchema>['via'];

/** The account of a connection. Its password changes when an import replaces it. */
export interface Account {
  readonly username: string;
  readonly authentication: string | undefined;
  password(): Secret;
  /** An import will replace the password by this one. The server shows that it has by refusing the old one. */
  expectPassword(password: Secret): void;
  expects(): boolean;
  takeExpected(): void;
  /** The header of HTTP Basic, the only credential the REST API takes. */
  basic(): Secret;
}

export interface EnmsConnection {
  readonly name: string;
  readonly url: string;
  readonly via: Way;
  readonly account: Account;
}

/** CONFIG_INVALID when a setting is missing, unknown or of the wrong type. */
export function readConnection(connection: Connection): EnmsConnection {
  const hint = 'an eNMS instance has `url`, `username`, `password`, and optionally `via` and `authentication`';
  const { username, via, authentication } = readSettings(settingsSchema, connection, hint);
  const { password } = connection.secrets;
  if (password === undefined || password.reveal() === '') {
    throw new MigratorError('CONFIG_INVALID', `instance ${connection.name} needs a password`, {
      hint: 'set `password`, for example to env:ENMS_PASSWORD',
    });
  }
  return { name: connection.name, url: connection.url, via, account: accountOf(username, authentication, password) };
}

function accountOf(username: string, authentication: string | undefined, first: Secret): Account {
  let current = first;
  let next: Secret | undefined;
  return {
    username,
    authentication,
    password: () => current,
    expectPassword: (password) => {
      next = password;
    },
    expects: () => next !== undefined,
    takeExpected: () => {
      current = next ?? current;
      next = undefined;
    },
    basic: () => current.as((value) => `Basic ${Buffer.from(`${username}:${value}`).toString('base64')}`),
  };
}
