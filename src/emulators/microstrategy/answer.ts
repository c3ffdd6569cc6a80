// Answers a request: route, session, project, handler, error document.
import { answering } from '../shared/answering.ts';
import { isObject } from '../shared/json.ts';
import { checkQuery, kindsOf } from '../shared/query.ts';
import { createRoutes, type PathParams } from '../shared/routes.ts';
import type { Call, Reply } from '../shared/server.ts';
import { contextPath, type Instance } from './instance.ts';
import { openProject, projectHeader } from './project-header.ts';
import {
  errorDocument,
  htmlReply,
  invalid,
  json,
  Refusal,
  refusalReply,
  sessionDead,
  unknownEndpoint,
} from './refusal.ts';
import { readDocument } from './request.ts';
import { authenticate } from './session-check.ts';
import { userOf } from './users.ts';
import type { Route, Visit } from './visit.ts';

const unknownMethod = () => new Refusal(405, 'ERR001', 'HTTP 405 Method Not Allowed');

function visitOf(instance: Instance, call: Call, route: Route, params: PathParams): Visit {
  const session = route.open === true ? undefined : authenticate(instance, call);
  const user = session === undefined ? undefined : userOf(instance.store, session.userId);
  if (session !== undefined && user === undefined) throw sessionDead();
  const named = route.project === undefined ? undefined : projectHeader(call, route.project === 'required');
  const project = named === undefined || session === undefined ? undefined : openProject(instance, session, named);
  return {
    instance,
    call,
    param: (name) => params[name] ?? '',
    get session() {
      if (session === undefined) throw sessionDead();
      return session;
    },
    get user() {
      if (user === undefined) throw sessionDead();
      return user;
    },
    project,
    document: async () => (await readDocument(call)) ?? {},
  };
}

function partial(reply: Reply, fields: string | undefined): Reply {
  if (fields === undefined || fields === '' || reply.status >= 300 || typeof reply.body !== 'string') return reply;
  return { ...reply, body: JSON.stringify(onlyFields(JSON.parse(reply.body), fields)) };
}

const replyTo = (error: unknown): Reply =>
  error instanceof Refusal
    ? refusalReply(error)
    : json(500, errorDocument('ERR001', 'An internal error has occurred.'));

/** A name means the same in all routes. Numbers may be negative here, and are read by the routes. */
const kinds = kindsOf({
  flag: [
    'comments',
    'autoSync',
    'includeAccess',
    'unlockOnStart',
    'generateUndo',
    'getAncestors',
    'isCrossCluster',
    'usesRecursive',
    'usesOneOf',
    'usedByRecursive',
    'usedByOneOf',
  ],
});
const lists = new Set(['id', 'type', 'usesobject', 'usedbyobject']);

export function createAnswer(instance: Instance, list: readonly Route[]): (call: Call) => Promise<Reply> {
  const routes = createRoutes<Route>({ caseSensitive: true });
  for (const route of list) routes.on(route.method, `/api${route.path}`, route);

  async function handle(call: Call): Promise<Reply> {
    const path = call.path.startsWith(`${contextPath}/`) ? call.path.slice(contextPath.length) : undefined;
    if (path === undefined || !/^\/api(?:\/|$)/.test(path)) return htmlReply(404, 'Not Found');
    const broken = instance.faults.take('server-error-html');
    if (broken !== undefined) return htmlReply(broken.values['status'] ?? 500, 'Internal Server Error');
    const found = routes.find(call.method, path);
    if (!('target' in found)) throw found.allowed.length === 0 ? unknownEndpoint() : unknownMethod();
    const visit = visitOf(instance, call, found.target, found.params);
    const inPath = Object.values(found.params);
    // A part of the path may be repeated in the query: the vendor's Python client does so.
    const harmless = (_: string, value: string) => inPath.includes(value);
    checkQuery(call, { names: ['fields', ...(found.target.query ?? [])], kinds, lists, harmless, refuse: invalid });
    return partial(await found.target.handle(visit), call.query('fields'));
  }

  return answering(instance.log, handle, replyTo);
}

/** The path from `/api` on, with its ids percent-encoded or not: a fault may name any of these forms. */
export function spellings(path: string): readonly string[] {
  const inner = path.startsWith(`${contextPath}/`) ? path.slice(contextPath.length) : path;
  return [...new Set([inner, inner.replaceAll(/%3A/gi, ':'), inner.replaceAll(/%3D/gi, '=')])];
}

type Wanted = Map<string, Wanted>;

function wantedOf(fields: string): Wanted {
  const root: Wanted = new Map();
  for (const path of fields.split(',').map((one) => one.trim())) {
    let at = root;
    for (const name of path.split('.').filter((one) => one !== '')) {
      const next = at.get(name) ?? new Map<string, Wanted>();
      at.set(name, next);
      at = next;
    }
  }
  return root;
}

function keep(value: unknown, wanted: Wanted): unknown {
  if (wanted.size === 0) return value;
  if (Array.isArray(value)) return value.map((one) => keep(one, wanted));
  if (!isObject(value)) return value;
  const named = [...wanted].filter(([name]) => name in value);
  return Object.fromEntries(named.map(([name, inner]) => [name, keep(value[name], inner)]));
}

/** Keeps only the members that a list like `id,packageInfo.status` names, in every element of a list. */
const onlyFields = (value: unknown, fields: string): unknown => keep(value, wantedOf(fields));
