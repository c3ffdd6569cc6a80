// Answers a request: form of the path, route, key, permission, maintenance mode, handler, error document.
import { answering } from '../shared/answering.ts';
import { stackOf } from '../shared/error-members.ts';
import { isObject, type Json } from '../shared/json.ts';
import { readText, usualLimit } from '../shared/request-body.ts';
import { createRoutes, type PathParams, type Routes } from '../shared/routes.ts';
import type { Call, Reply } from '../shared/server.ts';
import { defaultSpace, type Instance } from './instance.ts';
import { isInMaintenance } from './maintenance.ts';
import { outsideRoutes } from './outside-routes.ts';
import { checkQuery } from './query.ts';
import { absent, invalid, json, Refusal, refusalReply } from './refusal.ts';
import { asText, readTolerantJson, withProductNames } from './tolerant-json.ts';
import { isSpaceManager } from './space-managers.ts';
import { authenticate, authorize, type User } from './users.ts';
import { belowDirectory, withoutDirectory } from './virtual-directory.ts';
import type { Route, Visit } from './visit.ts';

const bySpaceId = '/api/:space(^[Ss][Pp][Aa][Cc][Ee][Ss]-\\d+$)';
const bySpaceName = '/api/spaces/:space';
const tooLarge = () => new Refusal(413, 'The request body is too large.');

/** .NET clients send PUT and DELETE as POST. */
function methodOf(call: Call): string {
  const override = call.headers['x-http-method-override'];
  return call.method === 'POST' && typeof override === 'string' ? override.toUpperCase() : call.method;
}

function spaceOf(instance: Instance, text: string | undefined): string {
  if (text === undefined) return defaultSpace;
  const wanted = text.toLowerCase();
  const spaces = instance.store.all('Spaces');
  const found =
    spaces.find(({ id }) => id.toLowerCase() === wanted) ??
    spaces.find(({ body }) => asText(body['Slug']).toLowerCase() === wanted) ??
    spaces.find(({ name }) => name.toLowerCase() === wanted);
  if (found === undefined) throw absent(text);
  return found.id;
}

/** The status is not published. 503 is what a server says that asks clients to come back later. */
function refuseInMaintenance(instance: Instance, route: Route, visit: Visit): void {
  if (route.method === 'GET' || route.harmless === true || visit.user.may('AdministerSystem')) return;
  if (!isInMaintenance(instance)) return;
  throw new Refusal(
    503,
    'Octopus Server is currently in maintenance mode. Only users with the AdministerSystem permission can make changes.',
  );
}

function mayCall({ store }: Instance, route: Route, user: User, space: string): void {
  if (route.permission === undefined || route.open === true || user.may(route.permission)) return;
  if (route.scoped !== true || !isSpaceManager(store, user, space)) authorize(user, route.permission);
}

function visitOf(instance: Instance, call: Call, route: Route, params: PathParams): Visit {
  let parsed: Promise<unknown> | undefined;
  const body = () => (parsed ??= readText(call.request, usualLimit, tooLarge).then(readTolerantJson));
  return {
    instance,
    call,
    params,
    param: (name) => params[name] ?? '',
    space: spaceOf(instance, params['space']),
    spaceNamed: params['space'] !== undefined,
    user: authenticate(instance, call.headers, call.query, route.open === true),
    body,
    document: async (): Promise<Json> => {
      const sent = withProductNames(await body());
      if (!isObject(sent)) throw invalid('No request body was supplied.');
      return sent;
    },
  };
}

function startingUp(instance: Instance): Reply | undefined {
  if (instance.faults.take('startup-503') === undefined) return undefined;
  return json(503, { ErrorMessage: 'Octopus Server is starting.' });
}

function replyTo(error: unknown): Reply {
  if (error instanceof Refusal) return refusalReply(error);
  return json(500, { ErrorMessage: 'There was a problem processing your request.', FullException: stackOf(error) });
}

const trees = new Map<string, Routes<number>>();

/**
 * The place that a path's route has in the list, followed by the outside routes. The instances of a process that are of
 * one edition have the same list, each with handlers of its own. The tree is half of the cost of a start, so they share it.
 */
function treeOf(list: readonly Route[]): Routes<number> {
  const key = list.map(({ method, path }) => `${method} ${path}`).join('\n');
  const kept = trees.get(key);
  if (kept !== undefined) return kept;
  const routes = createRoutes<number>();
  trees.set(key, routes);
  for (const [place, route] of list.entries()) {
    const path = route.path === '/' ? '' : route.path;
    routes.on(route.method, `/api${path}`, place);
    if (route.scoped !== true) continue;
    routes.on(route.method, `${bySpaceId}${path}`, place);
    routes.on(route.method, `${bySpaceName}${path}`, place);
  }
  for (const [place, [path, route]] of outsideRoutes.entries())
    routes.on(route.method, path.replace('/api/:space', bySpaceId), list.length + place);
  return routes;
}

export function createAnswer(instance: Instance, list: readonly Route[]): (call: Call) => Promise<Reply> {
  const routes = treeOf(list);
  const all = [...list, ...outsideRoutes.map(([, route]) => route)];

  async function handle(call: Call): Promise<Reply> {
    const method = methodOf(call);
    const found = routes.find(method, call.path);
    if (!('target' in found)) {
      if (found.allowed.length === 0) throw absent(call.path);
      const refusal = new Refusal(405, `The resource '${call.path}' does not support the HTTP method ${method}.`);
      const reply = refusalReply(refusal);
      return { ...reply, headers: { ...reply.headers, Allow: found.allowed.join(', ') } };
    }
    const route = all[found.target];
    if (route === undefined) throw absent(call.path);
    const visit = visitOf(instance, call, route, found.params);
    checkQuery(route, call, found.params);
    refuseInMaintenance(instance, route, visit);
    mayCall(instance, route, visit.user, visit.space);
    return route.handle(visit);
  }

  return belowDirectory(
    instance,
    answering(instance.log, (call) => startingUp(instance) ?? handle(call), replyTo),
  );
}

/** The path without its space: a fault for that path also hits the path with a space, and that below a directory. */
export function spellings(path: string): readonly string[] {
  const plain = withoutDirectory(path).replace(/^\/api\/(?:spaces\/[^/]+|Spaces-\d+)(?=\/)/i, '/api');
  return plain === path ? [] : [plain];
}
