import { Refusal as BaseRefusal } from '../shared/answering.ts';
import type { Json } from '../shared/json.ts';
import type { Reply } from '../shared/server.ts';
import { newGuid } from './identifiers.ts';

/** `ERR001` general, `ERR002` I-Server, `ERR003` login, `ERR004` not found, `ERR005` missing, `ERR006` invalid, … */
type ErrorCode =
  'ERR001' | 'ERR002' | 'ERR003' | 'ERR004' | 'ERR005' | 'ERR006' | 'ERR007' | 'ERR009' | 'ERR014' | 'ERR017';

export class Refusal extends BaseRefusal {
  readonly code: ErrorCode;
  readonly extra: Json;

  constructor(status: number, code: ErrorCode, message: string, extra: Json = {}) {
    super(status, message);
    this.code = code;
    this.extra = extra;
  }
}

/** For invalid input, and for a call that the present state does not allow. */
export const invalid = (message: string): Refusal => new Refusal(400, 'ERR006', message);

export const missing = (message: string): Refusal => new Refusal(400, 'ERR005', message);

/** The product's message for a call at the wrong time. `member` has the form `packageInfo.status`. */
export const notNow = (member: string, value: string): Refusal =>
  invalid(`Cannot do current operation for now when \`${member}\` is '${value}'.`);

/** Clients understand this message as "not supported by this version". */
export const unknownEndpoint = (): Refusal => new Refusal(404, 'ERR004', 'HTTP 404 Not Found');

export const sessionDead = (): Refusal =>
  new Refusal(401, 'ERR009', 'The user session has expired, please reauthenticate.');

export const json = (status: number, body: unknown, headers: Reply['headers'] = {}): Reply => ({
  status,
  headers: { 'Content-Type': 'application/json;charset=UTF-8', ...headers },
  body: JSON.stringify(body),
});

export const noContent = (headers: Reply['headers'] = {}): Reply => ({ status: 204, headers });

/** The error document: code, message, a ticket and further members. From "general handling of REST exceptions". */
export const errorDocument = (code: string, message: string, extra: Json = {}): Json => ({
  code,
  message,
  ...extra,
  ticketId: newGuid().toLowerCase(),
});

export const refusalReply = ({ status, code, message, extra }: Refusal): Reply =>
  json(status, errorDocument(code, message, extra));

/** An error page of the servlet container. */
export function htmlReply(status: number, title: string): Reply {
  const body = `<!doctype html><html lang="en"><head><title>HTTP Status ${status} – ${title}</title></head><body><h1>HTTP Status ${status} – ${title}</h1><hr class="line" /><h3>Apache Tomcat</h3></body></html>`;
  return { status, headers: { 'Content-Type': 'text/html;charset=utf-8' }, body };
}
