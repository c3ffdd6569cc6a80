import type { ClientRequest } from 'node:http';
import { got, type Agents, type HttpsOptions, type Request, type RequestFunction } from 'got';
import { isMigratorError, MigratorError } from '../errors.ts';
import type { ByteStream } from '../ports/artifact.ts';
import type { HttpRequest } from '../ports/http.ts';
import { exactly, type Outgoing } from './body.ts';
import { IdleTimer } from './idle-timer.ts';
import { proxyFaultOf, type ProxyFault } from './proxy-fault.ts';

export interface Transport {
  readonly agents: Agents;
  readonly https: HttpsOptions;
  /** Replaces Node's own request function, for a proxy of http. */
  readonly request?: RequestFunction;
}

export interface Attempt {
  readonly method: HttpRequest['method'];
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Outgoing | undefined;
  /** False leaves the bytes as the server stores them. */
  readonly decompress: boolean;
  readonly idleMs: number;
  readonly answerMs: number;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The `Set-Cookie` lines, which cannot be joined into one. */
  readonly setCookie: readonly string[];
  readonly body: ByteStream;
  /** Closes a body that nobody will read. */
  discard(): void;
}

/** An exchange that broke off, before or after the head of the answer. */
export class BrokenExchange extends Error {
  override readonly name = 'BrokenExchange';
  /** Bytes of the request may have reached the server. */
  readonly sent: boolean;
  /** When the reason was a timeout: what did not move, and for how long. */
  readonly stalled: { readonly what: string; readonly milliseconds: number } | undefined;
  /** Node's or OpenSSL's code. */
  readonly code: string | undefined;
  /** When it was the proxy that failed. */
  readonly proxy: ProxyFault | undefined;

  constructor(cause: unknown, sent: boolean, stalled: BrokenExchange['stalled']) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.sent = sent;
    this.stalled = stalled;
    this.code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
    this.proxy = proxyFaultOf(cause);
  }
}

/** Sends one request, without retries or redirects, and accepts any status. Throws BrokenExchange. */
export async function exchange(attempt: Attempt, transport: Transport, signal: AbortSignal): Promise<Answer> {
  let sent = false;
  let answering = false;
  let draining = false;
  let stalled: BrokenExchange['stalled'];
  let local: MigratorError | undefined;
  const idle = new IdleTimer((what, milliseconds) => {
    stalled = { what, milliseconds };
    stream.destroy(new Error(`${what} stalled`));
  });
  const broken = (cause: unknown): Error => local ?? new BrokenExchange(cause, sent, stalled);

  async function* upload(source: ByteStream): AsyncGenerator<Uint8Array, void> {
    try {
      for await (const chunk of source) {
        draining = true;
        if (sent && !answering) idle.start('the upload', attempt.idleMs);
        yield chunk;
        draining = false;
        // While the source is slow, the server is not blamed.
        if (!answering) idle.stop();
      }
      if (!answering) idle.start('the answer', attempt.answerMs);
    } catch (error) {
      // The error of the source is more useful than that of the socket.
      local = isMigratorError(error)
        ? error
        : new MigratorError('LOCAL_IO', 'cannot read what is to be sent', { cause: error });
      throw local;
    }
  }

  const { body } = attempt;
  const linked = link(signal);
  const sending = payload(attempt, upload, signal);
  const stream = got.stream(attempt.url, {
    method: attempt.method,
    headers: {
      ...attempt.headers,
      ...(body === undefined ? {} : { 'content-type': body.contentType }),
      ...(body !== undefined && 'size' in body && body.size !== undefined
        ? { 'content-length': String(body.size) }
        : {}),
    },
    ...sending,
    agent: transport.agents,
    https: transport.https,
    ...(transport.request === undefined ? {} : { request: transport.request }),
    decompress: attempt.decompress,
    followRedirect: false,
    throwHttpErrors: false,
    retry: { limit: 0 },
    signal: linked.signal,
  });
  stream.once('close', linked.release);
  stream.once('error', linked.release);
  idle.start('the connection', attempt.idleMs);
  stream.on('error', () => idle.stop());
  // Closes the source, also when only half of it was sent.
  stream.once('close', () => void letGo(sending.body));
  stream.once('request', (request: ClientRequest) =>
    onceConnected(request, attempt.url.protocol === 'https:', () => {
      sent = true;
      if (body === undefined || 'bytes' in body) idle.start('the answer', attempt.answerMs);
      else if (draining) idle.start('the upload', attempt.idleMs);
      else idle.stop();
    }),
  );
  const response = await head(stream, broken);
  // A server may answer before it has read the whole upload; from here on the download is timed.
  answering = true;
  idle.stop();
  return {
    status: response.status,
    headers: response.headers,
    setCookie: response.setCookie,
    body: download(stream, idle, attempt.idleMs, broken, linked.release),
    discard: () => {
      linked.release();
      stream.destroy();
    },
  };
}

/** A signal for one exchange. The caller's signal lives longer, and must not collect the listeners of thousands. */
function link(signal: AbortSignal): { readonly signal: AbortSignal; readonly release: () => void } {
  const controller = new AbortController();
  const abort = (): void => controller.abort(signal.reason);
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  return { signal: controller.signal, release: () => signal.removeEventListener('abort', abort) };
}

function payload(
  attempt: Attempt,
  upload: (source: ByteStream) => AsyncGenerator<Uint8Array, void>,
  signal: AbortSignal,
): { body?: Uint8Array | AsyncGenerator<Uint8Array, void> } {
  const { body, method } = attempt;
  if (body === undefined) return method === 'GET' || method === 'HEAD' ? {} : { body: Buffer.alloc(0) };
  if ('bytes' in body) return { body: Buffer.from(body.bytes) };
  return { body: upload(exactly(body.open(signal), body.size, 'the request body')) };
}

/** Ends a source early, and ignores its failure. */
async function letGo(body: Uint8Array | AsyncGenerator<Uint8Array, void> | undefined): Promise<void> {
  if (body !== undefined && 'return' in body) await Promise.allSettled([body.return()]);
}

/** Before the connection is made, TLS included, no byte of the request has left this machine. */
function onceConnected(request: ClientRequest, secure: boolean, connected: () => void): void {
  request.once('socket', (socket) => {
    if (request.reusedSocket || (!secure && !socket.connecting)) connected();
    else socket.once(secure ? 'secureConnect' : 'connect', connected);
  });
}

function head(
  stream: Request,
  broken: (cause: unknown) => Error,
): Promise<{ status: number; headers: Record<string, string>; setCookie: readonly string[] }> {
  return new Promise((resolve, reject) => {
    stream.once(
      'response',
      (response: { statusCode: number; headers: Record<string, string | string[] | undefined> }) =>
        resolve({
          status: response.statusCode,
          headers: flat(response.headers),
          setCookie: [response.headers['set-cookie'] ?? []].flat(),
        }),
    );
    stream.once('error', (error) => reject(broken(error)));
  });
}

async function* download(
  stream: Request,
  idle: IdleTimer,
  idleMs: number,
  broken: (cause: unknown) => Error,
  over: () => void,
): ByteStream {
  const chunks = stream[Symbol.asyncIterator]();
  // A body that only drips does not move: each span of `idleMs` must bring that many bytes, 1 kB in a second.
  let left = idleMs;
  let brought = 0;
  try {
    for (let since = idle.start('the download', left, idleMs); ; since = idle.start('the download', left, idleMs)) {
      const next = (await chunks.next()) as IteratorResult<Uint8Array, unknown>;
      idle.stop();
      if (next.done === true) break;
      brought += next.value.length;
      left -= performance.now() - since;
      if (brought >= idleMs) [left, brought] = [idleMs, 0];
      yield next.value;
    }
  } catch (error) {
    throw broken(error);
  } finally {
    idle.stop();
    await chunks.return?.();
    over();
  }
}

function flat(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => [
    name.toLowerCase(),
    Array.isArray(value) ? value.join(', ') : (value ?? ''),
  ]);
  return Object.fromEntries(entries) as Record<string, string>;
}
