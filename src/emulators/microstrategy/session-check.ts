import type { FaultSpec } from '../shared/faults.ts';
import type { Call } from '../shared/server.ts';
import type { Instance } from './instance.ts';
import { sessionDead } from './refusal.ts';
import type { Session } from './sessions.ts';

const usualTimeout = 1800;

/** How many seconds a session may be idle. */
export const idleTimeout = (instance: Instance): number =>
  instance.faults.named('session-timeout')?.values['seconds'] ?? usualTimeout;

export function cookieOf(call: Call, name: string): string | undefined {
  for (const pair of (call.headers.cookie ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at !== -1 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}

/** Without `times` the fault ends only one session, so that a client that logs in again can continue. */
const spent = new WeakMap<FaultSpec, number>();

function expiresNow(instance: Instance): boolean {
  const fault = instance.faults.named('session-expires');
  if (fault === undefined) return false;
  const seen = (spent.get(fault) ?? 0) + 1;
  spent.set(fault, seen);
  const skip = fault.values['skip'] ?? 0;
  if (seen <= skip || (fault.times === undefined && seen > skip + 1)) return false;
  instance.faults.take('session-expires');
  return true;
}

/**
 * The session of a request, from the token in X-MSTR-AuthToken and the cookies that were set with it. 401 ERR009 when
 * one of them is missing, unknown, expired or of another session.
 */
export function authenticate(instance: Instance, call: Call): Session {
  const token = call.headers['x-mstr-authtoken'];
  const session = typeof token === 'string' ? instance.sessions.find(token, idleTimeout(instance)) : undefined;
  if (session === undefined || cookieOf(call, 'JSESSIONID') !== session.cookie) throw sessionDead();
  const shared = cookieOf(call, 'iSession');
  if (shared !== undefined && shared !== session.shared) throw sessionDead();
  if (expiresNow(instance)) {
    instance.sessions.close(session);
    throw sessionDead();
  }
  return session;
}
