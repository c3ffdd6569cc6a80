// Web pages know a caller by a cookie, never by HTTP Basic. The session is in the signed cookie itself and is sent
// again when it changes. A newer cookie ends a session, so a client that does not take the newer cookie keeps the old
// session.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Call } from '../../shared/server.ts';
import type { Instance } from '../instance.ts';
import type { Item } from '../objects.ts';

const lifetime = 30 * 60 * 1000;

export interface Session {
  readonly csrf: string;
  /** The name of the user who is logged in. */
  readonly user: string | undefined;
}

/** Browser and address of a client. A session of another client counts as logged out. */
const agentOf = ({ headers, request }: Call) => `${request.socket.remoteAddress ?? ''} ${headers['user-agent'] ?? ''}`;

function keyOf({ store }: Instance): string {
  const known = store.setting('secret-key');
  if (known !== undefined) return known;
  const made = randomBytes(32).toString('base64url');
  store.keep('secret-key', made);
  return made;
}

const signature = (instance: Instance, text: string) => createHmac('sha256', keyOf(instance)).update(text).digest();

/** The content of a cookie. Undefined when this server did not write it. */
function unsigned(instance: Instance, cookie: string): Record<string, unknown> | undefined {
  const [text = '', mark = ''] = cookie.split('.');
  const [given, own] = [Buffer.from(mark, 'base64url'), signature(instance, text)];
  if (given.length !== own.length || !timingSafeEqual(given, own)) return undefined;
  return JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as Record<string, unknown>;
}

/** Counts how often all sessions were ended. A session with another number is over. */
const eraOf = ({ store }: Instance): number => Number(store.setting('session-era') ?? 0);

/** The session of a request. Undefined when there is none or when it is over. */
export function sessionOf(instance: Instance, call: Call): Session | undefined {
  const [, cookie] = /(?:^|;\s*)session=([^;]+)/.exec(call.headers.cookie ?? '') ?? [];
  const found = cookie === undefined ? undefined : unsigned(instance, cookie);
  if (found === undefined) return undefined;
  const { csrf, user, agent, at, era } = found;
  if (instance.faults.take('session-expires') !== undefined) {
    instance.store.keep('session-era', String(eraOf(instance) + 1));
  }
  if (era !== eraOf(instance) || Date.now() - Number(at) > lifetime) return undefined;
  return { csrf: String(csrf), user: agent === agentOf(call) && typeof user === 'string' ? user : undefined };
}

export const newSession = (): Session => ({ csrf: randomBytes(24).toString('base64url'), user: undefined });

export const userOf = (instance: Instance, { user }: Session): Item | undefined =>
  user === undefined ? undefined : instance.objects.find('user', user);

/** The Set-Cookie header of a session. After a login, each answer makes it last for another half hour. */
export function cookieOf(instance: Instance, call: Call, { csrf, user }: Session): string {
  const at = Date.now();
  const text = Buffer.from(JSON.stringify({ csrf, user, agent: agentOf(call), at, era: eraOf(instance) })).toString(
    'base64url',
  );
  const value = `${text}.${signature(instance, text).toString('base64url')}`;
  const expires = user === undefined ? '' : ` Expires=${new Date(at + lifetime).toUTCString()};`;
  return `session=${value};${expires} HttpOnly; Path=/`;
}

/** The Set-Cookie header for a REST call: it logs out the session of the call. Undefined when nobody is logged in. */
export function loggedOut(instance: Instance, call: Call): string | undefined {
  const session = sessionOf(instance, call);
  return session?.user === undefined ? undefined : cookieOf(instance, call, { ...session, user: undefined });
}
