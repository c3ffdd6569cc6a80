import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import { bodyOf, withServer } from './with-server.ts';

/** One expected request and the answer to it, as the files under test/fixtures hold them. */
export interface Exchange {
  readonly request: {
    readonly method: string;
    readonly path: string;
    /** Compared whole, in any order. */
    readonly query?: Readonly<Record<string, string>>;
    /** Only these headers are compared. */
    readonly headers?: Readonly<Record<string, string>>;
    /** Names of headers that must not be there. */
    readonly without?: readonly string[];
    /** Texts that the body must contain. They serve for forms, whose boundary is random. */
    readonly contains?: readonly string[];
    /** Compared whole. */
    readonly json?: unknown;
    readonly file?: {
      readonly field: string;
      readonly name: string;
      readonly contentType: string;
      readonly text: string;
    };
  };
  readonly response: {
    readonly status?: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly json?: unknown;
    readonly text?: string;
    /** `reset` closes the connection without an answer. A number cuts the body off after that many bytes. */
    readonly fault?: 'reset' | number;
    readonly delayMs?: number;
    /** Sends the body byte by byte with this pause. */
    readonly dripMs?: number;
  };
  /** How often the request must come: exactly this often (default 1), `any` for at least once, or `maybe`. */
  readonly times?: number | 'any' | 'maybe';
}

export async function fixture(...names: readonly string[]): Promise<Exchange[]> {
  const lists = names.map(async (name) => {
    const url = new URL(`../fixtures/octopus-client/${name}.json`, import.meta.url);
    return JSON.parse(await readFile(url, 'utf8')) as Exchange[];
  });
  return (await Promise.all(lists)).flat();
}

/**
 * Runs a server that knows only these exchanges. Each request takes the first exchange that fits and is not used up. A
 * request that fits none fails the test, and so does an exchange for which no request came.
 */
export async function withScript<Result>(
  exchanges: readonly Exchange[],
  run: (url: string) => Promise<Result>,
): Promise<Result> {
  const used = exchanges.map(() => 0);
  const surprises: string[] = [];
  const handler = (request: IncomingMessage, response: ServerResponse): void => {
    void bodyOf(request).then(
      (body) => {
        const index = exchanges.findIndex(
          (exchange, at) =>
            (typeof exchange.times === 'string' || used[at]! < (exchange.times ?? 1)) && fits(exchange, request, body),
        );
        const exchange = exchanges[index];
        if (exchange === undefined) {
          surprises.push(`${request.method ?? ''} ${request.url ?? ''} ${body.toString('latin1').slice(0, 600)}`);
          response.writeHead(599).end('not in the script');
          return;
        }
        used[index]! += 1;
        setTimeout(() => void answer(exchange.response, response), exchange.response.delayMs ?? 0);
      },
      () => response.destroy(),
    );
  };
  const result = await withServer(handler, async (url) => {
    try {
      return { value: await run(url) };
    } catch (error) {
      return { error };
    }
  });
  const unused = exchanges.filter(
    ({ times }, at) => used[at]! < (times === 'any' ? 1 : times === 'maybe' ? 0 : (times ?? 1)),
  );
  const complaints = [
    ...surprises.map((text) => `unexpected: ${text}`),
    ...unused.map(
      ({ request }) => `never asked: ${request.method} ${request.path} ${JSON.stringify(request.query ?? {})}`,
    ),
  ];
  if (complaints.length > 0) {
    throw new Error(complaints.join('\n'), { cause: 'error' in result ? result.error : undefined });
  }
  if ('error' in result) throw result.error;
  return result.value;
}

function fits({ request: wanted }: Exchange, request: IncomingMessage, body: Buffer): boolean {
  const url = new URL(request.url ?? '/', 'http://script');
  if (request.method !== wanted.method || url.pathname !== wanted.path) return false;
  if (!isDeepStrictEqual(Object.fromEntries(url.searchParams), { ...wanted.query })) return false;
  if (Object.entries(wanted.headers ?? {}).some(([name, value]) => request.headers[name] !== value)) return false;
  if (wanted.without?.some((name) => request.headers[name] !== undefined) === true) return false;
  if (wanted.contains?.every((text) => body.includes(text)) === false) return false;
  if (wanted.json !== undefined) {
    return request.headers['content-type'] === 'application/json' && isDeepStrictEqual(parsed(body), wanted.json);
  }
  return wanted.file === undefined || isFile(wanted.file, request, body);
}

function isFile(file: NonNullable<Exchange['request']['file']>, request: IncomingMessage, body: Buffer): boolean {
  const boundary = /^multipart\/form-data; boundary=(\S+)$/.exec(request.headers['content-type'] ?? '')?.[1];
  const expected =
    `--${boundary ?? ''}\r\nContent-Disposition: form-data; name="${file.field}"; filename="${file.name}"\r\n` +
    `Content-Type: ${file.contentType}\r\n\r\n${file.text}\r\n--${boundary ?? ''}--\r\n`;
  return body.toString('utf8') === expected;
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

async function answer(script: Exchange['response'], response: ServerResponse): Promise<void> {
  if (script.fault === 'reset') {
    response.destroy();
    return;
  }
  const body = Buffer.from(script.json === undefined ? (script.text ?? '') : JSON.stringify(script.json));
  response.writeHead(script.status ?? 200, {
    ...(script.json === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }),
    'content-length': String(body.length),
    ...script.headers,
  });
  if (typeof script.fault === 'number') {
    response.write(body.subarray(0, script.fault), () => response.destroy());
    return;
  }
  if (script.dripMs === undefined) {
    response.end(body);
    return;
  }
  for (const byte of body) {
    response.write(Uint8Array.of(byte));
    await new Promise((resolve) => setTimeout(resolve, script.dripMs));
  }
  response.end();
}
