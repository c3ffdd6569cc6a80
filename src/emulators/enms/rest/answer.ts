// Answers a REST request: access table, HTTP Basic, arguments, handler, alert.
import { answering } from '../../shared/answering.ts';
import type { Call, Reply } from '../../shared/server.ts';
import { readFormBody } from '../form-body.ts';
import type { Instance } from '../instance.ts';
import type { Item } from '../objects.ts';
import { alert, htmlPage, Refusal, ServerError } from '../refusal.ts';
import { basicOf, isAdmin, mayCall, type PasswordCheck } from '../users.ts';
import { instanceEndpoints } from './instance-endpoints.ts';
import { migrateEndpoints } from './migrate-endpoints.ts';
import { readEndpoints } from './read-endpoints.ts';
import { runEndpoints } from './run-endpoints.ts';
import { serverEndpoints } from './server-endpoints.ts';
import { topologyEndpoints } from './topology-endpoints.ts';
import type { Endpoint } from './visit.ts';

const endpoints = new Map<string, Endpoint>(
  [
    ...instanceEndpoints,
    ...readEndpoints,
    ...migrateEndpoints,
    ...runEndpoints,
    ...serverEndpoints,
    ...topologyEndpoints,
  ].map((endpoint) => [`${endpoint.method} ${endpoint.name}`, endpoint]),
);

const methods = 'GET, POST, DELETE, HEAD, OPTIONS';

const wrongMethod = () => htmlPage(405, 'The method is not allowed for the requested URL.', { Allow: methods });

function authorize(instance: Instance, endpoint: Endpoint, user: Item | undefined): Item {
  if (user === undefined) throw new Refusal(401);
  const allowed =
    endpoint.level === 'admin' ? isAdmin(user) : mayCall(instance, user, endpoint.method, `/rest/${endpoint.name}`);
  if (!allowed) throw new Refusal(403);
  return user;
}

/** The caller of endpoints that need no login. */
const nobody: Item = { place: 0, model: 'user', type: 'user', id: 0, name: '', values: {}, broken: false };

async function handle(instance: Instance, check: PasswordCheck, call: Call): Promise<Reply> {
  const [, , name = '', ...args] = decodeURIComponent(call.path).split('/');
  const endpoint = endpoints.get(`${call.method === 'HEAD' ? 'GET' : call.method} ${name}`);
  if (endpoint === undefined) throw new Refusal(404);
  const basic = basicOf(call.headers);
  const caller = basic && check(basic.name, basic.password);
  const user = endpoint.level === 'none' ? nobody : authorize(instance, endpoint, caller);
  const body =
    endpoint.method === 'POST' ? await readFormBody(call.request) : { fields: {}, files: new Map(), list: undefined };
  if (body.list !== undefined && name !== 'instance') throw new ServerError('a list is for instances only');
  if (args.length !== endpoint.args) throw new ServerError(`${name} takes ${endpoint.args} arguments`);
  return endpoint.handle({ instance, user, args, query: call.search, body });
}

/** Answers everything below /rest/. */
export const answerRest = (instance: Instance, check: PasswordCheck) =>
  answering(
    instance.log,
    (call) => answer(instance, check, call),
    (error) => alert(error instanceof Refusal ? error.status : 500),
  );

async function answer(instance: Instance, check: PasswordCheck, call: Call): Promise<Reply> {
  if (call.method === 'OPTIONS') {
    return { status: 200, headers: { 'Content-Type': 'text/html; charset=utf-8', Allow: methods } };
  }
  if (!['GET', 'HEAD', 'POST', 'DELETE'].includes(call.method)) return wrongMethod();
  if (call.headers.authorization !== undefined && instance.faults.take('werkzeug-html-500') !== undefined) {
    return htmlPage(500, 'The server encountered an internal error and was unable to complete your request.');
  }
  return handle(instance, check, call);
}
