import { asText, type Json } from '../shared/json.ts';
import type { Reply } from '../shared/server.ts';
import type { Store } from '../shared/store.ts';
import { newGuid, timeOf, wireDate } from './identifiers.ts';
import { contextPath, type Instance } from './instance.ts';
import { needAdministrator } from './privileges.ts';
import { openProject } from './project-header.ts';
import { json, noContent, Refusal, sessionDead, unknownEndpoint } from './refusal.ts';
import { readInteger } from './request.ts';
import { cookieOf, idleTimeout } from './session-check.ts';
import type { Session } from './sessions.ts';
import { checkPassword, guestOf, userOf } from './users.ts';
import { route, type Route, type Visit } from './visit.ts';

const loginMode = { standard: 1, anonymous: 8, ldap: 16, apiToken: 4096 } as const;
const modes: readonly number[] = Object.values(loginMode);

function userOfApiToken(store: Store, token: string): string {
  const [userId, until] = store.setting(`api-token:${token}`)?.split(' ') ?? [];
  if (token === '' || userId === undefined || timeOf(until ?? '') < Date.now()) {
    throw new Refusal(401, 'ERR003', 'The API token is invalid or has expired.');
  }
  return userId;
}

function userOfLogin(instance: Instance, mode: number, body: Json): string {
  const [username, password] = [asText(body['username']), asText(body['password'])];
  if (mode === loginMode.anonymous) return guestOf(instance.store);
  if (mode === loginMode.apiToken) return userOfApiToken(instance.store, username);
  if (mode === loginMode.standard) return checkPassword(instance.store, false, username, password);
  if (mode === loginMode.ldap) return checkPassword(instance.store, true, username, password);
  throw new Refusal(401, 'ERR003', 'The login mode is not enabled.');
}

/** Without Secure: over plain HTTP clients would not send such a cookie back. */
const withSession = (session: Session): Reply =>
  noContent({
    'X-MSTR-AuthToken': session.token,
    'Set-Cookie': [
      `JSESSIONID=${session.cookie}; Path=${contextPath}; HttpOnly`,
      `iSession=${session.shared}; Path=${contextPath}; HttpOnly`,
    ],
  });

async function login({ instance, document }: Visit): Promise<Reply> {
  const body = await document();
  const mode = readInteger(body['loginMode'] ?? loginMode.standard);
  const application = readInteger(body['applicationType'] ?? 35);
  if (application === undefined || application < 1 || application > 100) {
    // Clients look for these two words and then try again as another application.
    throw new Refusal(400, 'ERR007', 'There are constraint violations: applicationType');
  }
  const userId = userOfLogin(instance, mode ?? Number.NaN, body);
  return withSession(
    instance.sessions.open({
      userId,
      settings: {
        locale: readInteger(body['metadataLocale']) ?? 1033,
        maxSearch: readInteger(body['maxSearch']) ?? 3,
        workingSet: readInteger(body['workingSet']) ?? 10,
      },
    }),
  );
}

const identityHeader = (visit: Visit) => {
  const value = visit.call.headers['x-mstr-identitytoken'];
  return typeof value === 'string' ? value : '';
};

async function delegate({ instance, document }: Visit): Promise<Reply> {
  const body = await document();
  const parent = instance.sessions.identified(asText(body['identityToken']));
  if (readInteger(body['loginMode']) !== -1 || parent === undefined) {
    throw new Refusal(401, 'ERR003', 'The identity token is invalid or has expired.');
  }
  const { userId, settings, shared } = parent;
  return withSession(instance.sessions.open({ userId, settings, shared }));
}

async function makeApiToken({ instance, user, document }: Visit): Promise<Reply> {
  const { store } = instance;
  const body = await document();
  const userId = asText(body['userId'], user.id);
  if (userId !== user.id) needAdministrator(user);
  if (userOf(store, userId) === undefined) throw new Refusal(404, 'ERR004', `The user '${userId}' is not found.`);
  const minutes = readInteger(body['lifeTimeInMinutes']) ?? 1440;
  const now = Date.now();
  const expireTime = wireDate(new Date(now + minutes * 60_000));
  const apiToken = Buffer.from(`${newGuid()}${newGuid()}`).toString('base64url');
  store.atomically(() => {
    // A user has only one; a new one replaces it.
    const old = store.setting(`api-token-of:${userId}`);
    if (old !== undefined) store.keep(`api-token:${old}`, undefined);
    store.keep(`api-token-of:${userId}`, apiToken);
    store.keep(`api-token:${apiToken}`, `${userId} ${expireTime}`);
  });
  return json(201, { apiToken, createTime: wireDate(new Date(now)), expireTime });
}

/** Gives the token of the session in the cookie. */
function tokenOfCookie({ instance, call }: Visit): Reply {
  const shared = cookieOf(call, 'iSession');
  const session = shared === undefined ? undefined : instance.sessions.byShared(shared, idleTimeout(instance));
  if (session === undefined) throw sessionDead();
  return noContent({ 'X-MSTR-AuthToken': session.token });
}

function person(store: Store, { userId }: Session): Json {
  const user = userOf(store, userId);
  if (user === undefined) throw sessionDead();
  return { id: user.id, fullName: user.name, initials: user.initials };
}

const sessionInfo = ({ instance, session }: Visit): Reply =>
  json(200, { ...session.settings, timeout: idleTimeout(instance), ...person(instance.store, session) });

export const authRoutes: readonly Route[] = [
  route('POST', '/auth/login', { open: true }, login),
  {
    // This does not log out, but it is not a 405 either.
    method: 'DELETE',
    path: '/auth/login',
    open: true,
    handle: () => {
      throw unknownEndpoint();
    },
  },
  route('POST', '/auth/logout', {}, ({ instance, session }) => {
    instance.sessions.close(session);
    return noContent();
  }),
  route('GET', '/auth/token', { open: true }, tokenOfCookie),
  route('POST', '/auth/identityToken', {}, ({ instance, session }) => ({
    status: 201,
    headers: { 'X-MSTR-IdentityToken': instance.sessions.identityToken(session) },
  })),
  route('GET', '/auth/identityToken', { open: true }, (visit) => {
    const session = visit.instance.sessions.identified(identityHeader(visit));
    if (session === undefined) throw new Refusal(401, 'ERR003', 'The identity token is invalid or has expired.');
    return json(200, person(visit.instance.store, session));
  }),
  route('POST', '/auth/delegate', { open: true }, delegate),
  route('POST', '/auth/apiTokens', {}, makeApiToken),
  route('GET', '/config/authModes', { open: true }, () => json(200, { modes })),
  route('GET', '/sessions', {}, sessionInfo),
  route('PUT', '/sessions', {}, () => noContent()),
  route('GET', '/sessions/userInfo', {}, ({ instance, session }) => json(200, person(instance.store, session))),
  route('GET', '/sessions/:project([0-9A-F]{32})', {}, (visit) => {
    openProject(visit.instance, visit.session, visit.param('project'));
    return sessionInfo(visit);
  }),
];
