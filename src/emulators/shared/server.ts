import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { MigratorError } from '../../errors.ts';
import { stackOf } from './error-members.ts';
import type { Faults, RouteFault } from './faults.ts';

/** One request as handlers see it. */
export interface Call {
  readonly method: string;
  /** Without the query, percent-encoded as it was sent. */
  readonly path: string;
  /** The first value of a query parameter; names are compared without regard to case. */
  readonly query: (name: string) => string | undefined;
  /** All query parameters, in order and with letter case. */
  readonly search: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** The body, unread. */
  readonly request: IncomingMessage;
}

export interface Reply {
  readonly status: number;
  /** A list sends the header once per value. */
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array>;
}

export interface Listener {
  /** `http://127.0.0.1:<port>`, no trailing slash. */
  readonly url: string;
  close(): Promise<void>;
}

export interface ListenOptions {
  readonly port: number;
  readonly faults: Faults;
  /** Answers a wrong request with a reply; rejects only for a mistake of the emulator. */
  readonly answer: (call: Call) => Promise<Reply>;
  /** Other forms of the same path, so that a fault for one form hits all of them. */
  readonly spellings: (path: string) => readonly string[];
  /** The product's error document for an injected status. */
  readonly refusal: (status: number, message: string) => unknown;
  readonly log: (line: string) => void;
}

const page = (status: number) =>
  `<!DOCTYPE html>\n<html><head><title>${status}</title></head><body><center><h1>${status}</h1></center><hr><center>gateway</center></body></html>\n`;

/**
 * A path may begin with two slashes. A target that is neither path nor URL, like `*`, becomes a path that no route has.
 */
function addressOf(target: string): string {
  if (target.startsWith('/')) return `http://127.0.0.1${target}`;
  return URL.canParse(target) ? target : 'http://127.0.0.1/*';
}

function readCall(request: IncomingMessage): Call {
  const url = new URL(addressOf(request.url ?? '/'));
  const query = new Map<string, string>();
  for (const [name, value] of url.searchParams) {
    if (!query.has(name.toLowerCase())) query.set(name.toLowerCase(), value);
  }
  return {
    method: request.method ?? 'GET',
    path: url.pathname,
    query: (name) => query.get(name.toLowerCase()),
    search: url.searchParams,
    headers: request.headers,
    request,
  };
}

async function* chunks(body: NonNullable<Reply['body']>): AsyncGenerator<Uint8Array> {
  if (typeof body === 'string') yield Buffer.from(body);
  else if (body instanceof Uint8Array) yield body;
  else yield* body;
}

async function* dripping(body: AsyncIterable<Uint8Array>, size: number, every: number): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    for (let start = 0; start < chunk.length; start += size) {
      yield chunk.subarray(start, start + size);
      await sleep(every);
    }
  }
}

async function* shortened(body: AsyncIterable<Uint8Array>, length: number): AsyncGenerator<Uint8Array> {
  let left = length;
  for await (const chunk of body) {
    yield chunk.subarray(0, left);
    left -= chunk.length;
    if (left <= 0) return;
  }
}

const drained = (response: ServerResponse) =>
  new Promise<void>((resolve) => {
    const done = () => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.once('drain', done).once('close', done);
  });

async function send(
  response: ServerResponse,
  method: string,
  reply: Reply,
  fault: RouteFault | undefined,
): Promise<void> {
  const headers: Record<string, string | string[] | number> = { ...reply.headers };
  const { body } = reply;
  if (typeof body === 'string' || body instanceof Uint8Array) headers['Content-Length'] = Buffer.byteLength(body);
  else if (body === undefined) headers['Content-Length'] = 0;
  if (fault?.retryAfter !== undefined) headers['Retry-After'] = fault.retryAfter;
  if (fault?.contentType !== undefined) headers['Content-Type'] = fault.contentType;
  response.writeHead(reply.status, headers);
  if (body === undefined || method === 'HEAD') {
    response.end();
    return;
  }
  let source: AsyncIterable<Uint8Array> = chunks(body);
  if (fault?.cut !== undefined) source = shortened(source, fault.cut);
  if (fault?.drip !== undefined) source = dripping(source, Math.max(1, fault.drip), fault.every ?? 50);
  for await (const chunk of source) {
    if (response.destroyed) return;
    if (!response.write(chunk)) await drained(response);
  }
  if (fault?.cut === undefined) {
    response.end();
    return;
  }
  // The header and the bytes so far must reach the client before the connection ends.
  response.flushHeaders();
  await new Promise<void>((resolve) => response.socket?.write('', () => resolve()) ?? resolve());
  response.destroy();
}

async function serve(options: ListenOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const call = readCall(request);
  options.faults.seen({
    method: call.method,
    path: request.url ?? '/',
    agent: request.headers['user-agent'] ?? '',
  });
  const fault = options.faults.hit(call.method, [call.path, ...options.spellings(call.path)]);
  if (fault?.latency !== undefined) await sleep(fault.latency);
  if (fault?.reset === 'before') {
    request.socket.resetAndDestroy();
    return;
  }
  if (fault?.html === true || (fault?.status !== undefined && fault.reset === undefined)) {
    const status = fault.status ?? 502;
    const reply: Reply =
      fault.html === true
        ? { status, headers: { 'Content-Type': 'text/html' }, body: page(status) }
        : {
            status,
            headers: { 'Content-Type': 'application/json; charset=utf-8' },
            body: JSON.stringify(options.refusal(status, `Injected fault: HTTP ${status}`)),
          };
    await send(response, call.method, reply, fault);
    return;
  }
  const reply = await options.answer(call);
  if (fault?.reset === 'after') {
    request.socket.resetAndDestroy();
    return;
  }
  await send(response, call.method, reply, fault);
}

/** Serves on 127.0.0.1. CONFLICT when the port is taken. */
export async function listen(options: ListenOptions): Promise<Listener> {
  const server = createServer((request, response) => {
    serve(options, request, response).catch((error: unknown) => {
      options.log(`request failed: ${stackOf(error)}`);
      response.destroy();
    });
  });
  // Uploads may take long, and clients may pause between two requests on one connection.
  server.requestTimeout = 0;
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  }).catch((cause: unknown) => {
    throw new MigratorError('CONFLICT', `the emulator cannot listen on port ${options.port}`, {
      hint: 'choose another port, or 0 for a free one',
      cause,
    });
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
