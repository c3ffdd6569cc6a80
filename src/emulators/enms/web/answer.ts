// Everything outside /rest/: a login form, a cookie, a token against forged requests, and the pages behind them.
import { stackOf } from '../../error-facts.ts';
import type { Call, Reply } from '../../server.ts';
import { readFormBody, type FormBody } from '../form-body.ts';
import type { Instance } from '../instance.ts';
import type { Item } from '../objects.ts';
import { columnsOf } from '../serialize.ts';
import { htmlPage } from '../refusal.ts';
import { isAdmin, mayCall, type PasswordCheck } from '../users.ts';
import { filePages } from './file-pages.ts';
import { migrationPages } from './migration-pages.ts';
import { cookieOf, endSession, logIn, newSession, sessionOf, userOf, type Session } from './sessions.ts';
import type { Page } from './visit.ts';

const html = (title: string, body: string) =>
  `<!DOCTYPE html>\n<html>\n<head><title>eNMS - ${title}</title></head>\n<body>\n${body}\n</body>\n</html>\n`;

const page = (title: string, body: string, status = 200): Reply => ({
  status,
  headers: { 'Content-Type': 'text/html; charset=utf-8' },
  body: html(title, body),
});

const dashboard: Page = {
  method: 'GET',
  name: 'dashboard',
  level: 'all',
  handle: () => page('Dashboard', '<h1>Dashboard</h1>'),
};
const pages = new Map<string, Page>(
  [dashboard, ...filePages, ...migrationPages].map((one) => [`${one.method} ${one.name}`, one]),
);

const redirect = (location: string): Reply => ({
  status: 302,
  headers: { 'Content-Type': 'text/html; charset=utf-8', Location: location },
  body: html('Redirecting', `<p>You should be redirected to <a href="${location}">${location}</a>.</p>`),
});

const withCookie = (reply: Reply, session: Session): Reply => ({
  ...reply,
  headers: { ...reply.headers, 'Set-Cookie': cookieOf(session) },
});

function loginForm(instance: Instance, { csrf }: Session, status = 200): Reply {
  const hidden =
    instance.faults.take('csrf-missing') === undefined
      ? `  <input id="csrf_token" name="csrf_token" type="hidden" value="${csrf}">\n`
      : '';
  const form = [
    '<form method="post" action="/login">',
    `${hidden}  <input id="username" name="username" type="text">`,
    '  <input id="password" name="password" type="password">',
    '  <select id="authentication_method" name="authentication_method"><option value="database">Local User</option></select>',
    '  <button type="submit">Log in</button>',
    '</form>',
  ];
  return page('Login', form.join('\n'), status);
}

/** Double submit: the token of the session, in a header or a field. */
function isForged(session: Session | undefined, call: Call, body: FormBody): string | undefined {
  const sent = call.headers['x-csrftoken'] ?? call.headers['x-csrf-token'] ?? body.fields['csrf_token'];
  if (sent === undefined || sent === '') return 'The CSRF token is missing.';
  if (session === undefined) return 'The CSRF session token is missing.';
  return sent === session.csrf ? undefined : 'The CSRF tokens do not match.';
}

const empty: FormBody = { fields: {}, files: new Map(), list: undefined };

function submitLogin(
  instance: Instance,
  check: PasswordCheck,
  call: Call,
  session: Session,
  { fields }: FormBody,
): Reply {
  const { username, password } = fields;
  const user = typeof username === 'string' && typeof password === 'string' ? check(username, password) : undefined;
  if (user === undefined) return withCookie(loginForm(instance, session, 403), session);
  const loggedIn = logIn(instance, call, session, user.name);
  return withCookie(redirect(String(columnsOf(instance, user)['landing_page'])), loggedIn);
}

function mayVisit(instance: Instance, user: Item, { level, method, name }: Page): boolean {
  if (level === 'all') return true;
  return level === 'admin' ? isAdmin(user) : mayCall(instance, user, method, `/${name}`);
}

async function handle(instance: Instance, check: PasswordCheck, call: Call): Promise<Reply> {
  const [, name = '', ...rest] = decodeURIComponent(call.path).split('/');
  const method = call.method === 'HEAD' ? 'GET' : call.method;
  const session = sessionOf(instance, call);
  const body = method === 'POST' ? await readFormBody(call.request) : empty;
  const forged = method === 'POST' ? isForged(session, call, body) : undefined;
  if (forged !== undefined) return htmlPage(400, forged);
  const user = session && userOf(instance, session);
  if (name === 'logout') {
    endSession(instance, call);
    return redirect('/login');
  }
  if (name === 'login' && session !== undefined && method === 'POST') {
    return submitLogin(instance, check, call, session, body);
  }
  if (name === 'login') {
    if (user !== undefined) return redirect('/dashboard');
    const begun = session ?? newSession(instance, call);
    return withCookie(loginForm(instance, begun), begun);
  }
  if (user === undefined) return redirect(`/login?next_url=${encodeURIComponent(call.path)}`);
  if (name === '') return redirect('/dashboard');
  const found = pages.get(`${method} ${name}`);
  if (found === undefined) return htmlPage(404, 'The requested URL was not found on the server.');
  if (!mayVisit(instance, user, found)) return htmlPage(403, 'You are not authorized to access this page.');
  return found.handle({ instance, user, rest: rest.join('/'), body });
}

/** Answers everything outside /rest/, in HTML unless a page says otherwise. */
export async function answerWeb(instance: Instance, check: PasswordCheck, call: Call): Promise<Reply> {
  if (!['GET', 'HEAD', 'POST'].includes(call.method)) {
    return htmlPage(405, 'The method is not allowed for the requested URL.', { Allow: 'GET, HEAD, OPTIONS, POST' });
  }
  try {
    return await handle(instance, check, call);
  } catch (error) {
    instance.log(`${call.method} ${call.path} failed: ${stackOf(error)}`);
    return htmlPage(500, 'The server encountered an internal error and was unable to complete your request.');
  }
}
