import type { IncomingHttpHeaders } from 'node:http';
import { Refusal } from '../shared/answering.ts';
import { asObject, asText, type Json } from '../shared/json.ts';
import { isSigned } from './jwt-keys.ts';
import { orgNamed } from './orgs.ts';
import type { Plane } from './plane.ts';
import { hasPassword, userNamed, userOfToken, type User } from './users.ts';

export interface Caller {
  readonly user: User;
  readonly scheme: 'Basic' | 'Bearer' | 'SLToken';
  /** The environment for which a JWT was made. Undefined without a JWT. */
  readonly org: string | undefined;
}

const refused = (message = 'Authentication failed: wrong user name, password or token') => new Refusal(401, message);

function part(text: string): Json {
  try {
    return asObject(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
  } catch {
    throw refused('The token is not a JWT');
  }
}

function readJwt(plane: Plane, token: string): { readonly user: User; readonly org: string } {
  const [head = '', body = '', signature = ''] = token.split('.');
  const [{ alg, kid }, claims] = [part(head), part(body)];
  if (alg !== 'RS256' && alg !== 'ES256') throw refused('The JWT must be signed with RS256 or ES256');
  if (!isSigned(plane.directory, alg, kid, `${head}.${body}`, signature)) {
    throw refused('The signature of the JWT is not that of a known key');
  }
  const { exp, iat, iss } = claims;
  if (typeof exp !== 'number' || typeof iat !== 'number' || exp * 1000 <= Date.now()) {
    throw refused('The JWT has expired or does not say when it does');
  }
  const audience = `${plane.origin()}/api/1/rest/public`;
  const aud = claims['snaplogic_aud'] ?? claims['aud'];
  if (aud !== audience) throw refused(`The JWT is for another audience: aud must be ${audience}`);
  if (asText(iss) === '') throw refused('The JWT names no issuer');
  const org = asText(claims['snaplogic_org'] ?? claims['org']);
  const user = userNamed(plane.store, asText(claims['snaplogic_username'] ?? claims['sub']));
  if (user === undefined || orgNamed(plane.store, org)?.members[user.email] === undefined) {
    throw refused('The JWT names a user or an environment that is not known');
  }
  return { user, org };
}

function bearer(plane: Plane, token: string): Caller {
  const known = userOfToken(plane.store, 'Bearer', token);
  if (known !== undefined) return { user: known, scheme: 'Bearer', org: undefined };
  if (token.split('.').length !== 3) throw refused();
  return { scheme: 'Bearer', ...readJwt(plane, token) };
}

function basic(plane: Plane, encoded: string): Caller {
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  const email = text.slice(0, Math.max(0, colon));
  const user = userNamed(plane.store, email);
  if (user === undefined || !hasPassword(plane.store, email, text.slice(colon + 1))) throw refused();
  if (user.passwordExpired) throw refused(`The password of ${email} has expired`);
  return { user, scheme: 'Basic', org: undefined };
}

function callerOf(plane: Plane, headers: IncomingHttpHeaders): Caller {
  // Samples in the service's documents write `Bearer Token <token>`. Their text and all clients write `Bearer <token>`.
  const [, word = '', value = ''] =
    /^(Basic|Bearer|Bearer +Token|SLToken) +(\S+) *$/i.exec(headers.authorization ?? '') ?? [];
  const scheme = word.split(' ')[0]?.toLowerCase();
  if (scheme === 'basic') return basic(plane, value);
  if (scheme === 'bearer') return bearer(plane, value);
  const user = scheme === 'sltoken' ? userOfToken(plane.store, 'SLToken', value) : undefined;
  if (user === undefined) throw refused();
  return { user, scheme: 'SLToken', org: undefined };
}

/** The caller of a request. 401 for wrong credentials, a locked account or an expired password. */
export function authenticate(plane: Plane, headers: IncomingHttpHeaders): Caller {
  const caller = callerOf(plane, headers);
  if (caller.user.lockedOut) throw refused(`The account of ${caller.user.email} is locked`);
  return caller;
}
