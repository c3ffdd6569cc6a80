import type { IncomingMessage, ServerResponse } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import { adapter } from '../../src/adapters/microstrategy/index.ts';
import type { Adapter, Connection } from '../../src/ports/adapter.ts';
import { Secret } from '../../src/secret.ts';
import { adapterTools } from './adapter-tools.ts';
import { bodyOf, withServer } from './with-server.ts';

export const password = 'planted password 7!';
export const project = 'B19DEDCC11D4E0EFC000EB9495D0F44F';
export const otherProject = 'CE52831411E696C8BD2F0080EFD5AF44';
export const pkg = '35958BEB7C56491C9A43F7661501E177';
export const imp = 'B71E7ECF60104A62BA15625C444A623F';
export const migration = `${pkg}:${imp}`;

export type Side = 'source' | 'target';

/** One call and its answer. The calls of a script must come in its order, also across the two Libraries. */
export interface Call {
  readonly on: Side;
  /** `GET /api/migrations/x?showContent=all`; the query is compared whole. */
  readonly line: string;
  /** Only these headers are compared. A header with null must be absent. */
  readonly headers?: Readonly<Record<string, string | null>>;
  /** Compared whole; `undefined` is not compared. A function makes it from the URLs of the Libraries. */
  readonly json?: unknown;
  /** Of a multipart body: field, file name and text. */
  readonly file?: { readonly field: string; readonly name: string; readonly text: string };
  readonly status?: number;
  readonly answer?: unknown;
  readonly text?: string;
  readonly answerHeaders?: Readonly<Record<string, string>>;
  /** `reset` closes the connection without an answer. A number cuts the body off after that many bytes. */
  readonly fault?: 'reset' | number;
}

export interface Bench {
  readonly url: (side: Side) => string;
  /** Makes an adapter that remembers nothing, as in a new process. */
  readonly open: (side?: Side, more?: Partial<Connection>) => Adapter;
  readonly tools: ReturnType<typeof adapterTools>;
  /** Lets time pass for the adapters. */
  readonly later: (milliseconds: number) => void;
  /** The number of logins and logouts of each Library. */
  readonly sessions: Record<Side, { logins: number; logouts: number }>;
  /** The bodies of the logins. */
  readonly logins: unknown[];
}

export interface BenchOptions {
  /** Leaves login, session and logout to the script. */
  readonly ownSessions?: boolean;
  readonly timeout?: number;
  /** The rc file names both Libraries, with the URLs that the records have. */
  readonly known?: boolean;
}

type JsonFrom = (url: Bench['url']) => unknown;

const contexts: Record<Side, string> = { source: '/MicroStrategyLibrary', target: '/edge/MicroStrategyLibrary' };
const token = { source: 'ns42kvi9lb36ae7g3scphn0ga9', target: 'q7c1dgh0rk2m9v4t6y8zb3x5ws' };
export const tokens: readonly string[] = Object.values(token);

/** Two Libraries that know only these calls. A call out of order fails the test, and so does one that never comes. */
export async function withLibraries<Result>(
  calls: readonly Call[],
  run: (bench: Bench) => Promise<Result>,
  { ownSessions = false, timeout = 1800, known = false }: BenchOptions = {},
): Promise<Result> {
  const sessions = { source: { logins: 0, logouts: 0 }, target: { logins: 0, logouts: 0 } };
  const logins: unknown[] = [];
  const surprises: string[] = [];
  let next = 0;
  const session = (on: Side, line: string, body: Buffer): Call | undefined => {
    if (ownSessions) return undefined;
    if (line === 'POST /api/auth/login') {
      sessions[on].logins += 1;
      logins.push(JSON.parse(body.toString()));
      return { on, line, status: 204, answerHeaders: { 'x-mstr-authtoken': token[on], 'set-cookie': cookieOf(on) } };
    }
    if (line === 'POST /api/auth/logout') {
      sessions[on].logouts += 1;
      return { on, line, status: 204 };
    }
    // A Library shows the privileges of an account only when the script says so.
    if (line === 'GET /api/sessions/privileges' && calls[next]?.line !== line)
      return { on, line, status: 404, answer: { code: 'ERR004', message: 'HTTP 404 Not Found' } };
    return line === 'GET /api/sessions'
      ? { on, line, answer: { timeout, fullName: 'Administrator', id: '1' } }
      : undefined;
  };
  const handle = (request: IncomingMessage, response: ServerResponse, body: Buffer): void => {
    const path = request.url ?? '';
    const on: Side = path.startsWith(contexts.target) ? 'target' : 'source';
    const line = `${request.method ?? ''} ${path.slice(contexts[on].length)}`;
    const own = session(on, line, body);
    if (own !== undefined) {
      answer(own, response);
      return;
    }
    const wanted = calls[next];
    const complaint = wanted === undefined ? 'nothing more was expected' : differs(wanted, on, line, request, body);
    const stranger = ownSessions ? undefined : sessionFault(on, request);
    if (wanted === undefined || complaint !== undefined || stranger !== undefined) {
      surprises.push(
        `call ${next + 1}: ${on} ${line}: ${complaint ?? stranger ?? ''}\n  ${body.toString('latin1').slice(0, 900)}\n  wanted ${wanted === undefined ? 'none' : `${wanted.on} ${wanted.line} ${JSON.stringify(wanted.json)}`}`,
      );
      response.writeHead(599).end('not in the script');
      return;
    }
    next += 1;
    // A session that the server ended needs no logout.
    if (!ownSessions && wanted.status === 401) sessions[on].logouts += 1;
    answer(wanted, response);
  };
  const result = await withServer(
    (request, response) =>
      void bodyOf(request).then(
        (body) => handle(request, response, body),
        () => response.destroy(),
      ),
    async (origin) => {
      const url = (side: Side) => origin + contexts[side];
      const opened: Adapter[] = [];
      const open: Bench['open'] = (side = 'source', more = {}) => {
        const peers = new Map<Side, Adapter>();
        const peer = (name: Side) => () => peers.get(name) ?? make(name, {});
        const tools: ReturnType<typeof adapterTools> = {
          ...shared,
          clock: { ...shared.clock, now: () => new Date(Date.now() + passed) },
          peers: () =>
            ['lab', 'prod']
              .filter(() => known)
              .map((name) => ({ name, product: 'microstrategy', url: `https://${name}/MicroStrategyLibrary` })),
          peer: async (name) => Promise.resolve(peer(name === 'lab' ? 'source' : 'target')()),
        };
        const make = (of: Side, extra: Partial<Connection>): Adapter => {
          const made = adapter.create(
            {
              name: of === 'source' ? 'lab' : 'prod',
              url: url(of),
              settings: { username: 'mstr' },
              secrets: { password: new Secret(password) },
              ...extra,
            },
            tools,
          );
          peers.set(of, made);
          opened.push(made);
          return made;
        };
        return make(side, more);
      };
      const shared = adapterTools();
      let passed = 0;
      const later = (milliseconds: number) => void (passed += milliseconds);
      try {
        return { value: await run({ url, open, tools: shared, later, sessions, logins }) };
      } catch (error) {
        return { error };
      } finally {
        for (const one of opened) await one.close?.();
      }
    },
  );
  const unused = calls.slice(next).map((call) => `never asked: ${call.on} ${call.line}`);
  for (const side of ['source', 'target'] as const) {
    const { logins: ins, logouts } = sessions[side];
    if (ins !== logouts) surprises.push(`${side}: ${ins} logins, ${logouts} logouts`);
  }
  if (surprises.length + unused.length > 0) {
    throw new Error([...surprises, ...unused].join('\n'), { cause: 'error' in result ? result.error : undefined });
  }
  if ('error' in result) throw result.error;
  return result.value;
}

function urlsOf({ headers }: IncomingMessage): Bench['url'] {
  return (side) => `http://${headers.host ?? ''}${contexts[side]}`;
}

function cookieOf(on: Side): string {
  return `JSESSIONID=cookie-of-${on}; Path=${contexts[on]}; Secure; HttpOnly`;
}

function sessionFault(on: Side, request: IncomingMessage): string | undefined {
  if (request.headers['x-mstr-authtoken'] !== token[on]) return 'not the token of this Library';
  return request.headers.cookie === `JSESSIONID=cookie-of-${on}` ? undefined : 'not the cookie of this Library';
}

function differs(wanted: Call, on: Side, line: string, request: IncomingMessage, body: Buffer): string | undefined {
  if (wanted.on !== on) return 'the other Library was due';
  const [is, should] = [parts(line), parts(wanted.line)];
  if (is.path !== should.path) return 'another call was due';
  if (!isDeepStrictEqual(is.query, should.query)) return 'the query differs';
  for (const [name, value] of Object.entries(wanted.headers ?? {})) {
    if ((request.headers[name] ?? null) !== value) return `header ${name} is ${String(request.headers[name])}`;
  }
  const json: unknown = typeof wanted.json === 'function' ? (wanted.json as JsonFrom)(urlsOf(request)) : wanted.json;
  if (json !== undefined && !isDeepStrictEqual(JSON.parse(body.toString() || 'null'), json))
    return `the body differs from ${JSON.stringify(json)}`;
  return wanted.file === undefined ? undefined : fileFault(wanted.file, request, body);
}

function parts(line: string): { readonly path: string; readonly query: Record<string, string> } {
  const [path = '', query = ''] = line.split('?');
  return { path, query: Object.fromEntries(new URLSearchParams(query)) };
}

function fileFault(file: NonNullable<Call['file']>, request: IncomingMessage, body: Buffer): string | undefined {
  const boundary = /^multipart\/form-data; boundary=(\S+)$/.exec(request.headers['content-type'] ?? '')?.[1] ?? '';
  const expected =
    `--${boundary}\r\nContent-Disposition: form-data; name="${file.field}"; filename="${file.name}"\r\n` +
    `Content-Type: application/octet-stream\r\n\r\n${file.text}\r\n--${boundary}--\r\n`;
  return body.toString() === expected ? undefined : 'the form differs';
}

function answer(call: Call, response: ServerResponse): void {
  if (call.fault === 'reset') {
    response.destroy();
    return;
  }
  const body = Buffer.from(call.answer === undefined ? (call.text ?? '') : JSON.stringify(call.answer));
  response.writeHead(call.status ?? 200, {
    ...(call.answer === undefined ? {} : { 'content-type': 'application/json;charset=UTF-8' }),
    ...(call.status === 204 ? {} : { 'content-length': String(body.length) }),
    ...call.answerHeaders,
  });
  if (typeof call.fault === 'number') response.write(body.subarray(0, call.fault), () => response.destroy());
  else response.end(body);
}

export async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}
