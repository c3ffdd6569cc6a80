// Answers a request: route, caller, handler, error document, and the faults that can affect every answer.
import type { IncomingMessage } from 'node:http';
import { answering, Refusal } from '../shared/answering.ts';
import { isObject, type Json } from '../shared/json.ts';
import { checkQuery, kindsOf } from '../shared/query.ts';
import { readText, usualLimit } from '../shared/request-body.ts';
import { createRoutes } from '../shared/routes.ts';
import type { Call, Reply } from '../shared/server.ts';
import { authenticate } from './authentication.ts';
import { needOrg } from './orgs.ts';
import type { Plane } from './plane.ts';
import { errorDocument, json, nestedErrorDocument } from './refusal.ts';
import { enter, need, needAdmin } from './rights.ts';
import { needPlace } from './tree.ts';
import type { Route, Visit } from './visit.ts';

const tooLarge = () => new Refusal(413, 'The request body is too large');

async function readDocument(request: IncomingMessage): Promise<Json> {
  const text = await readText(request, usualLimit, tooLarge);
  // Some scripts send forms where the documents show JSON.
  const isForm = /^application\/x-www-form-urlencoded\b/iu.test(request.headers['content-type'] ?? '');
  // The type alone does not tell: curl gives it to JSON too.
  if (isForm && !/^\s*[{[]/u.test(text)) return Object.fromEntries(new URLSearchParams(text));
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new Refusal(400, 'The request body is not valid JSON');
  }
  if (!isObject(parsed)) throw new Refusal(400, 'The request body must be a JSON object');
  return parsed;
}

/**
 * The names after the fixed part of the route. They are percent-encoded one by one, and `+` stands for itself. A name
 * has no slash, so an encoded slash separates two names too.
 */
function tailOf(routePath: string, path: string): readonly string[] {
  const parts = (text: string) => text.split('/').filter((part) => part !== '');
  const fixed = parts(routePath).filter((part) => part !== '*').length;
  return parts(path)
    .slice(fixed)
    .flatMap((part) => parts(decodeURIComponent(part)));
}

function checkEncoding(path: string): void {
  try {
    decodeURIComponent(path);
  } catch {
    throw new Refusal(400, 'The path is not correctly encoded');
  }
}

function refusalReply({ faults }: Plane, status: number, message: string): Reply {
  const html = faults.take('html-error');
  if (html !== undefined) {
    const body = `<html><head><title>${status}</title></head><body><h1>Error ${status}</h1></body></html>`;
    return { status, headers: { 'Content-Type': 'text/html' }, body };
  }
  const nested = faults.take('nested-error') !== undefined;
  const said = faults.take('empty-message') === undefined ? message : '';
  const document = nested ? nestedErrorDocument(status, said) : errorDocument(status, said);
  return json(faults.take('body-code-only') === undefined ? status : 200, document, status);
}

function limited({ faults }: Plane): Reply | undefined {
  const fault = faults.take('rate-limited');
  if (fault === undefined) return undefined;
  const reply = json(429, errorDocument(429, 'Rate limit exceeded'));
  const wait = fault.values['retry-after'];
  return wait === undefined ? reply : { ...reply, headers: { ...reply.headers, 'Retry-After': String(wait) } };
}

function visitOf(plane: Plane, call: Call, route: Route, params: Readonly<Record<string, string | undefined>>): Visit {
  const caller = authenticate(plane, call.headers);
  let document: Promise<Json> | undefined;
  return {
    plane,
    call,
    caller,
    param: (name) => params[name] ?? '',
    segments: tailOf(route.path, call.path),
    document: () => (document ??= readDocument(call.request)),
    reach(segments, right) {
      const org = needOrg(plane.store, segments[0] ?? '');
      enter(caller, org);
      if (right === 'admin') needAdmin(caller, org);
      const place = needPlace(plane.store, segments);
      if (right !== 'admin') need(caller, place, right);
      return place;
    },
  };
}

/** A name means the same in all routes; `duplicate_check` does not, and its routes read it. */
const kinds = kindsOf({ flag: ['force', 'soft_delete', 'include_rbin'], count: ['limit', 'offset', 'page', 'size'] });
const lists = new Set(['asset_types', 'overwrite_types', 'asset_paths']);

export function createAnswer(plane: Plane, list: readonly Route[]): (call: Call) => Promise<Reply> {
  const routes = createRoutes<Route>({ caseSensitive: true });
  for (const route of list) routes.on(route.method, route.path, route);

  async function handle(call: Call): Promise<Reply> {
    checkEncoding(call.path);
    const found = routes.find(call.method, call.path);
    if (!('target' in found)) {
      if (found.allowed.length === 0) throw new Refusal(404, `There is no ${call.path}`);
      throw new Refusal(405, `${call.method} is not allowed for ${call.path}`);
    }
    const refuse = (sentence: string) => new Refusal(400, sentence);
    checkQuery(call, { names: found.target.query ?? [], kinds, lists, refuse });
    return found.target.handle(visitOf(plane, call, found.target, found.params));
  }

  return answering(
    plane.log,
    (call) => limited(plane) ?? handle(call),
    (error) =>
      error instanceof Refusal
        ? refusalReply(plane, error.status, error.message)
        : refusalReply(plane, 500, 'Internal server error'),
  );
}
