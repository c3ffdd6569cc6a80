// The web pages know a caller by a cookie, never by HTTP Basic. A session is bound to the browser that began it.
import { randomBytes } from 'node:crypto';
import type { Call } from '../../server.ts';
import type { Instance } from '../instance.ts';
import type { Item } from '../objects.ts';

const lifetime = 30 * 60 * 1000;

export interface Session {
  readonly id: string;
  readonly csrf: string;
  /** The name of the user who is logged in. */
  readonly user: string | undefined;
}

const agentOf = ({ headers, request }: Call) => `${request.socket.remoteAddress ?? ''} ${headers['user-agent'] ?? ''}`;

function sessionId({ headers }: Call): string | undefined {
  const [, id] = /(?:^|;\s*)session=([^;]+)/.exec(headers.cookie ?? '') ?? [];
  return id;
}

function keep(instance: Instance, call: Call, session: Session): Session {
  const body = { csrf: session.csrf, user: session.user ?? null, agent: agentOf(call), seen: Date.now() };
  instance.store.put({ kind: 'session', id: session.id, container: undefined, name: session.id, body });
  return session;
}

/** The session of a request, alive for another half an hour; undefined when there is none or it is over. */
export function sessionOf(instance: Instance, call: Call): Session | undefined {
  const id = sessionId(call);
  const found = id === undefined ? undefined : instance.store.get('session', id);
  if (id === undefined || found === undefined) return undefined;
  const { csrf, user, agent, seen } = found.body;
  const over = instance.faults.take('session-expires') !== undefined || Date.now() - Number(seen) > lifetime;
  if (over || agent !== agentOf(call)) {
    instance.store.remove('session', id);
    return undefined;
  }
  return keep(instance, call, { id, csrf: String(csrf), user: typeof user === 'string' ? user : undefined });
}

const token = () => randomBytes(24).toString('base64url');

export const newSession = (instance: Instance, call: Call): Session =>
  keep(instance, call, { id: token(), csrf: token(), user: undefined });

/** The token stays valid for the session. */
export const logIn = (instance: Instance, call: Call, session: Session, user: string): Session =>
  keep(instance, call, { ...session, user });

/** Ends whatever session the request carries. */
export function endSession(instance: Instance, call: Call): void {
  const id = sessionId(call);
  if (id !== undefined) instance.store.remove('session', id);
}

export const userOf = (instance: Instance, { user }: Session): Item | undefined =>
  user === undefined ? undefined : instance.objects.find('user', user);

export const cookieOf = ({ id }: Session): string => `session=${id}; HttpOnly; Path=/`;
