import { randomUUID } from 'node:crypto';
import { Refusal } from '../shared/answering.ts';
import { allOrgs, type Org } from './orgs.ts';
import { ok } from './refusal.ts';
import { isAdmin } from './rights.ts';
import { allowToken, endToken, userNamed, type User } from './users.ts';
import type { Route, Visit } from './visit.ts';

const orgsOf = (visit: Visit, { email }: User): readonly Org[] =>
  allOrgs(visit.plane.store).filter(({ members }) => members[email] !== undefined);

/** Callers see themselves, and the users of environments that they administer. */
function needUser(visit: Visit): User {
  const { caller, plane } = visit;
  const email = visit.param('email');
  const user = userNamed(plane.store, email);
  if (user?.email === caller.user.email) return user;
  if (user === undefined) throw new Refusal(404, `There is no user ${email}`);
  if (!orgsOf(visit, user).some((org) => isAdmin(caller.user.email, org))) {
    throw new Refusal(403, `${caller.user.email} is not an admin of an environment of ${email}`);
  }
  return user;
}

function describe(visit: Visit) {
  const user = needUser(visit);
  return ok({
    email: user.email,
    first_name: user.firstName,
    last_name: user.lastName,
    password_last_updated: user.passwordUpdated,
    password_expired: user.passwordExpired,
    allow_password_login: true,
    organizations: orgsOf(visit, user).map((org) => ({
      name: org.name,
      id: org.id,
      administrator: isAdmin(user.email, org),
    })),
    basic_access: null,
    ui_access: !user.serviceAccount,
    user_locked_out: user.lockedOut,
    service_account: user.serviceAccount,
  });
}

const sessionSeconds = 12 * 60 * 60;

/** The session belongs to the user of the credentials. `caller` is ignored: probes with a token send any word there. */
function session({ caller, plane }: Visit) {
  const token = randomUUID();
  allowToken(plane.store, 'SLToken', token, caller.user.email);
  return ok({
    token,
    logging_token: randomUUID(),
    username: caller.user.email,
    session_timeout_seconds: sessionSeconds,
  });
}

function endSession({ caller, plane, call }: Visit) {
  if (caller.scheme === 'SLToken')
    endToken(plane.store, 'SLToken', (call.headers.authorization ?? '').split(/ +/)[1] ?? '');
  return ok({});
}

function environments(visit: Visit) {
  const orgs = orgsOf(visit, needUser(visit));
  return ok({ org_snodes: Object.fromEntries(orgs.map(({ id, name }) => [id, { name, snode_id: id }] as const)) });
}

export const userRoutes: readonly Route[] = [
  { method: 'GET', path: '/api/1/rest/public/users/:email', handle: describe },
  { method: 'GET', path: '/api/1/rest/asset/session', query: ['caller'], handle: session },
  { method: 'POST', path: '/api/1/rest/asset/session', query: ['caller'], handle: session },
  { method: 'DELETE', path: '/api/1/rest/asset/session', handle: endSession },
  { method: 'GET', path: '/api/1/rest/asset/user/:email', handle: environments },
];
