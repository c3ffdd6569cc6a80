import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MigratorError } from '../../errors.ts';
import { systemCode } from '../../files/local-error.ts';
import { systemRandom } from '../runtime.ts';
import { EventStream } from './event-stream.ts';

/** A page whose content changes. */
export interface LivePage {
  /** The page as it is now, as HTML. */
  readonly page: () => Promise<string>;
  /** What changes on it, as it is now: plain data for the script of the page. */
  readonly parts: () => Promise<unknown>;
  /** The page could not be made. The run goes on. */
  readonly onFault: (error: unknown) => void;
}

/** The least time from one event to the next, in milliseconds. */
const interval = 1000;
/** The share of the time that goes into the page is at most one of so many parts. */
const share = 10;
const beatInterval = 15_000;
const mostConnections = 64;
const tokenBytes = 24;

const headers = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Frame-Options': 'DENY',
};

/**
 * Serves one page on 127.0.0.1 to who knows its address, which has a random token in it, and tells browsers that show the page
 * what changes. It never holds the process open. CONFLICT when the port is taken.
 */
export async function servePage(port: number, live: LivePage): Promise<PageServer> {
  const server = new PageServer(live);
  await server.listen(port);
  return server;
}

export class PageServer {
  readonly #live: LivePage;
  readonly #token = Buffer.from(systemRandom.bytes(tokenBytes)).toString('base64url');
  readonly #stream = new EventStream();
  readonly #server = createServer((request, response) => {
    this.#answer(request, response).catch((error: unknown) => {
      this.#live.onFault(error);
      response.destroy();
    });
  });
  readonly #beat = setInterval(() => {
    this.#stream.beat();
  }, beatInterval).unref();
  #port = 0;
  /** Set while an event is due. */
  #due: NodeJS.Timeout | undefined;
  /** When the next event may be told, in milliseconds. */
  #next = 0;
  #isMaking = false;
  #changes = 0;
  #hasEnded = false;

  constructor(live: LivePage) {
    this.#live = live;
  }

  get url(): string {
    return `http://127.0.0.1:${String(this.#port)}/${this.#token}/`;
  }

  async listen(port: number): Promise<void> {
    const server = this.#server;
    server.maxConnections = mostConnections;
    server.on('connection', (socket) => socket.unref());
    await new Promise<void>((listening, fail) => {
      server.once('error', fail);
      server.listen(port, '127.0.0.1', listening);
    }).catch((cause: unknown) => {
      clearInterval(this.#beat);
      const isTaken = systemCode(cause) === 'EADDRINUSE';
      const why = isTaken
        ? 'is in use'
        : `cannot be used: ${cause instanceof Error ? cause.message : 'unknown reason'}`;
      throw new MigratorError(isTaken ? 'CONFLICT' : 'LOCAL_IO', `port ${String(port)} of 127.0.0.1 ${why}`, {
        hint: 'write --watch 0 for a port that is free',
        details: { port },
        cause,
      });
    });
    server.on('error', this.#live.onFault);
    server.unref();
    this.#port = (server.address() as AddressInfo).port;
  }

  /** Something has changed. Who shows the page is told soon; without anybody, nothing is made. */
  changed(): void {
    this.#changes += 1;
    this.#plan();
  }

  #plan(): void {
    if (this.#isMaking || this.#due !== undefined || this.#hasEnded || !this.#stream.hasReaders) return;
    this.#due = setTimeout(() => void this.#tell(), Math.max(0, this.#next - Date.now())).unref();
  }

  /** Tells the last state, and stops. Takes half a second at most. */
  async close(): Promise<void> {
    this.#hasEnded = true;
    clearTimeout(this.#due);
    clearInterval(this.#beat);
    this.#server.close();
    try {
      if (this.#stream.hasReaders) await this.#stream.end('end', await this.#live.parts());
    } catch (error) {
      this.#live.onFault(error);
    }
    this.#server.closeAllConnections();
  }

  async #tell(): Promise<void> {
    const began = Date.now();
    this.#due = undefined;
    if (!this.#stream.hasReaders) return;
    const seen = this.#changes;
    this.#isMaking = true;
    try {
      const parts = await this.#live.parts();
      if (!this.#hasEnded) this.#stream.tell('change', parts);
    } catch (error) {
      this.#live.onFault(error);
    }
    this.#isMaking = false;
    const now = Date.now();
    this.#next = now + Math.max(interval, (now - began) * share);
    if (this.#changes !== seen) this.#plan();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on('error', () => response.destroy());
    const { method = '', url = '' } = request;
    const refused = this.#refusalOf(request);
    if (refused !== undefined) {
      // What comes after a refusal on the same connection is not read.
      const more = refused === 405 ? { Allow: 'GET, HEAD' } : {};
      response.writeHead(refused, { ...headers, ...more, 'Content-Length': 0, Connection: 'close' }).end();
      return;
    }
    const isHead = method === 'HEAD';
    if (!pathOf(url).endsWith('/events')) {
      const page = isHead ? '' : await this.#live.page();
      response.writeHead(200, { ...headers, 'Content-Type': 'text/html; charset=utf-8' }).end(page);
      return;
    }
    response.writeHead(200, { ...headers, 'Content-Type': 'text/event-stream' });
    if (isHead || this.#hasEnded) {
      response.end();
      return;
    }
    this.#stream.add(response);
    // The page was loaded a moment ago, or is one that had lost its connection.
    this.changed();
  }

  /** The status of the refusal of a request that is not answered. A wrong path is not told how near it is. */
  #refusalOf({ method = '', url = '', headers: { host } }: IncomingMessage): number | undefined {
    // A page of another name that resolves to this address may not read this one.
    if (!this.#isOwnHost(host)) return 403;
    if (method !== 'GET' && method !== 'HEAD') return 405;
    const [root, token = '', name, ...more] = pathOf(url).split('/');
    const isThere = root === '' && (name === '' || name === 'events') && more.length === 0;
    return isSame(token, this.#token) && isThere ? undefined : 404;
  }

  #isOwnHost(host: string | undefined): boolean {
    return ['127.0.0.1', 'localhost', '[::1]'].some((name) => host?.toLowerCase() === `${name}:${String(this.#port)}`);
  }
}

const pathOf = (url: string): string => url.split('?', 1)[0] ?? '';

/** Takes as long for a wrong text as for the right one. */
function isSame(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
