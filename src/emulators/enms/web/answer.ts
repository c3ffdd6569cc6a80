// Answers everything outside /rest/: the login form, the session cookie, the CSRF token, and the pages.
import { answering } from '../../shared/answering.ts';
import { stackOf } from '../../shared/error-members.ts';
import type { Call, Reply } from '../../shared/server.ts';
import { BodyTooLarge, readFormBody, type FormBody } from '../form-body.ts';
import type { Instance } from '../instance.ts';
import type { Item } from '../objects.ts';
import { alert, htmlPage, Refusal } from '../refusal.ts';
import { columnsOf } from '../serialize.ts';
import { isAdmin, mayCall, type PasswordCheck } from '../users.ts';
import { filePages } from './file-pages.ts';
import { migrationPages } from './migration-pages.ts';
import { cookieOf, newSession, sessionOf, userOf, type Session } from './sessions.ts';
import { type Page, webPage } from './visit.ts';

const html = (title: string, body: string) =>
  `<!DOCTYPE html>\n<html>\n<head><title>eNMS - ${title}</title></head>\n<body>\n${body}\n</body>\n</html>\n`;

const page = (title: string, body: string, status = 200): Reply => ({
  status,
  headers: { 'Content-Type': 'text/html; charset=utf-8' },
  body: html(title, body),
});

const dashboard: Page = webPage('GET', 'dashboard', 'all', () => page('Dashboard', '<h1>Dashboard</h1>'));
const pages = new Map<string, Page>(
  [dashboard, ...filePages, ...migrationPages].map((one) => [`${one.method} ${one.name}`, one]),
);

const redirect = (location: string): Reply => ({
  status: 302,
  headers: { 'Content-Type': 'text/html; charset=utf-8', Location: location },
  body: html('Redirecting', `<p>You should be redirected to <a href="${location}">${location}</a>.</p>`),
});

function loginForm(instance: Instance, { csrf }: Session): Reply {
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
  return page('Login', form.join('\n'));
}

/** Why a request counts as forged. The session's token must come again, in a field or a header. */
function isForged(session: Session | undefined, call: Call, body: FormBody): string | undefined {
  const sent = body.fields['csrf_token'] ?? call.headers['x-csrftoken'] ?? call.headers['x-csrf-token'];
  if (typeof sent !== 'string' || sent === '') return 'The CSRF token is missing.';
  if (session === undefined) return 'The CSRF session token is missing.';
  if (sent === session.csrf) return undefined;
  return sent.length === session.csrf.length ? 'The CSRF tokens do not match.' : 'The CSRF token is invalid.';
}

const empty: FormBody = { fields: {}, files: new Map(), list: undefined };

/** An answer, and the session when it begins, changes or ends. */
interface Visited {
  readonly reply: Reply;
  readonly session?: Session | undefined;
}

function submitLogin(instance: Instance, check: PasswordCheck, session: Session, { fields }: FormBody): Visited {
  const { username, password } = fields;
  const user = typeof username === 'string' && typeof password === 'string' ? check(username, password) : undefined;
  if (user === undefined) throw new Refusal(403);
  const landing = String(columnsOf(instance, user)['landing_page']);
  return { reply: redirect(landing), session: { ...session, user: user.name } };
}

function mayVisit(instance: Instance, user: Item, { level, method, name }: Page): boolean {
  if (level === 'all') return true;
  return level === 'admin' ? isAdmin(user) : mayCall(instance, user, method, `/${name}`);
}

interface Visitor {
  readonly instance: Instance;
  readonly check: PasswordCheck;
  readonly session: Session | undefined;
  readonly user: Item | undefined;
}

/** Finds the page and the user, and checks the rights, in the order of the server. Fails with a Refusal. */
async function visit({ instance, check, session, user }: Visitor, call: Call, body: FormBody): Promise<Visited> {
  const [, name = '', ...rest] = decodeURIComponent(call.path).split('/');
  const method = call.method === 'HEAD' ? 'GET' : call.method;
  if (name === '' && method === 'GET') return { reply: redirect('/login') };
  if (name === 'login') {
    if (session !== undefined && method === 'POST') return submitLogin(instance, check, session, body);
    if (user !== undefined) return { reply: redirect(String(columnsOf(instance, user)['landing_page'])) };
    const begun = session ?? newSession();
    return { reply: loginForm(instance, begun), session: session === undefined ? begun : undefined };
  }
  const found = pages.get(`${method} ${name}`);
  if (found === undefined && name !== 'logout') throw new Refusal(404);
  if (user === undefined || session === undefined) throw new Refusal(403);
  if (found === undefined) return { reply: redirect('/login'), session: { ...session, user: undefined } };
  if (!mayVisit(instance, user, found)) throw new Refusal(403);
  return { reply: await found.handle({ instance, user, rest: rest.join('/'), body }) };
}

const errorPage = (status: number) =>
  page('Error', `<h1>Error ${status}</h1>\n<p><a href="/login">Log in</a></p>`, status);

/**
 * The answer to a refused request. Browsers get a page or a way to the login; POST requests of scripts fail like REST.
 */
function refused(status: number, call: Call, user: Item | undefined): Reply {
  const isLogin = /^\/login\/?$/.test(call.path);
  if (call.method === 'POST' && !isLogin) return alert(status);
  if (user !== undefined || isLogin) return errorPage(status);
  const url = `http://${call.headers.host ?? ''}${call.request.url ?? '/'}`;
  return redirect(`/login?next_url=${encodeURIComponent(url)}`);
}

async function handle(instance: Instance, check: PasswordCheck, call: Call): Promise<Reply> {
  const session = sessionOf(instance, call);
  const body = call.method === 'POST' ? await readFormBody(call.request) : empty;
  const forged = call.method === 'POST' ? isForged(session, call, body) : undefined;
  if (forged !== undefined) return htmlPage(400, forged);
  const user = session && userOf(instance, session);
  const { reply, session: left } = await visit({ instance, check, session, user }, call, body).catch(
    (error: unknown): Visited => {
      if (!(error instanceof Refusal)) instance.log(`${call.method} ${call.path} failed: ${stackOf(error)}`);
      return { reply: refused(error instanceof Refusal ? error.status : 500, call, user) };
    },
  );
  // Each answer to a user who is logged in sends the session again.
  const handed = left ?? (user === undefined ? undefined : session);
  if (handed === undefined) return reply;
  return { ...reply, headers: { ...reply.headers, 'Set-Cookie': cookieOf(instance, call, handed) } };
}

/** Answers everything outside /rest/, in HTML unless a page says otherwise. */
export const answerWeb = (instance: Instance, check: PasswordCheck) =>
  answering(
    instance.log,
    (call) => answer(instance, check, call),
    (error) =>
      error instanceof BodyTooLarge
        ? htmlPage(413, 'The data value transmitted exceeds the capacity limit.', { Connection: 'close' })
        : htmlPage(500, 'The server encountered an internal error and was unable to complete your request.'),
  );

async function answer(instance: Instance, check: PasswordCheck, call: Call): Promise<Reply> {
  if (!['GET', 'HEAD', 'POST'].includes(call.method)) {
    return htmlPage(405, 'The method is not allowed for the requested URL.', { Allow: 'GET, HEAD, OPTIONS, POST' });
  }
  return handle(instance, check, call);
}
