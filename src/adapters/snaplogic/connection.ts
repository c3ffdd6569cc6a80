import { z } from 'zod';
import { MigratorError } from '../../errors.ts';
import type { Connection } from '../../ports/adapter.ts';
import type { Secret } from '../../secret.ts';
import { jsonOf } from '../shared/answers.ts';
import { readSettings } from '../shared/settings.ts';
import { options } from './options.ts';
import { claimsSchema } from './wire/schemas.ts';

export const secretSettings = ['password', 'token'] as const;

const settingsSchema = z.strictObject({
  /** The e-mail address of a user or service account. */
  username: z.string().trim().min(1).optional(),
  /** The org that this instance means, when the account sees several. */
  org: z
    .string()
    .trim()
    .regex(/^[^/\\?#]+$/u, 'must be the name of an org, without slashes')
    .optional(),
});

export interface SnaplogicConnection {
  readonly name: string;
  readonly url: string;
  /** The URL of the control plane. All its other names have the same one. */
  readonly plane: string;
  readonly org: string | undefined;
  /** The e-mail address of the caller; undefined when neither settings nor token tell it. */
  readonly username: string | undefined;
  /** The login is a password, which an org may refuse. */
  readonly basic: boolean;
  /** The org that the token was issued for; undefined when it does not tell. */
  readonly tokenOrg: string | undefined;
  readonly headers: () => Readonly<Record<string, Secret>>;
  /** Masks the credentials in a text that the server sent. */
  readonly scrub: (text: string) => string;
}

/** CONFIG_INVALID when a setting is unknown or wrong, or when there is not exactly one way to log in. */
export function readConnection(connection: Connection): SnaplogicConnection {
  const { name, secrets } = connection;
  const hint = 'a SnapLogic instance has `url`, `org` and `username` with `password`, or `token`';
  const { username, org } = readSettings(settingsSchema, connection, hint);
  const { password, token } = secrets;
  const credential = token ?? password;
  const login = password !== undefined && username !== undefined;
  if (credential === undefined || (password !== undefined && token !== undefined) || (token === undefined && !login)) {
    throw new MigratorError('CONFIG_INVALID', `instance ${name} needs either username and password or a token`, {
      hint: 'set `username` and `password`, for example to env:SNAPLOGIC_PASSWORD, or `token`',
    });
  }
  const url = urlOf(connection.url);
  const claims = token === undefined ? undefined : claimsOf(token);
  const header =
    token === undefined
      ? credential.as((value) => `Basic ${Buffer.from(`${username ?? ''}:${value}`).toString('base64')}`)
      : token.as((value) => `Bearer ${value.replace(/^(?:Bearer\s+)?(?:Token\s+)?/iu, '')}`);
  return {
    name,
    url,
    plane: planeOf(url),
    org,
    username: username ?? claims?.snaplogic_username ?? claims?.sub,
    basic: token === undefined,
    tokenOrg: claims?.org ?? claims?.snaplogic_org,
    headers: () => ({ authorization: header }),
    scrub: (text) => scrubbed(text, [credential.reveal(), header.reveal().replace(/^\w+ /u, '')]),
  };
}

/** A short name of a control plane, or its URL. */
export function urlOf(text: string): string {
  const urls: Readonly<Record<string, string>> = options.urls ?? {};
  return Object.hasOwn(urls, text) ? (urls[text] ?? text) : text;
}

/**
 * One URL for all names of a control plane. The vendor's planes have several names: each also with `cdn.` in front, and
 * `uat.snaplogic.com` is the old name of `uat.elastic.snaplogic.com`.
 */
export function planeOf(url: string): string {
  if (!URL.canParse(url)) return url;
  const { origin, hostname } = new URL(url);
  if (!/(^|\.)snaplogic\.com$/u.test(hostname)) return origin;
  const host = hostname.replace(/^cdn\./u, '');
  return `https://${host === 'uat.snaplogic.com' ? 'uat.elastic.snaplogic.com' : host}`;
}

/** The claims are not verified: they only tell about whom the server is asked. */
function claimsOf(token: Secret): z.infer<typeof claimsSchema> | undefined {
  const [, payload = ''] = token.reveal().split('.');
  return claimsSchema.safeParse(jsonOf(Buffer.from(payload, 'base64url').toString('utf8'))).data;
}

function scrubbed(text: string, secrets: readonly string[]): string {
  const forms = secrets
    .filter((secret) => secret !== '')
    .flatMap((secret) => [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')]);
  return forms.reduce((clean, form) => clean.replaceAll(form, '***'), text);
}
