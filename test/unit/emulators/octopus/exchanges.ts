// Sends the requests of fixtures and compares the answers; see the README of the fixtures.
import { readFileSync } from 'node:fs';
import { publisherKey, readerKey, type OctopusServer } from './octopus-server.ts';

export interface Exchange {
  readonly title: string;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly key?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly json?: unknown;
    readonly text?: string;
    readonly untyped?: unknown;
    readonly upload?: {
      readonly part: string;
      readonly fileName: string;
      readonly content?: string;
      readonly kept?: string;
    };
    readonly form?: { readonly boundary: string; readonly part: readonly string[]; readonly kept: string };
  };
  readonly until?: boolean;
  readonly response: {
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly text?: string;
    readonly json?: unknown;
    readonly keep?: Readonly<Record<string, string>>;
    readonly keepBody?: string;
  };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The places where a value does not fit a pattern. */
function differences(pattern: unknown, value: unknown, at: string): readonly string[] {
  if (pattern === '*') return value === undefined || value === null ? [`${at} is missing`] : [];
  if (typeof pattern === 'string' && pattern.startsWith('~')) {
    return new RegExp(pattern.slice(1)).test(String(value)) ? [] : [`${at}: ${String(value)} is not like ${pattern}`];
  }
  if (Array.isArray(pattern)) {
    if (!Array.isArray(value)) return [`${at} is no array`];
    if (value.length !== pattern.length) return [`${at} has ${value.length} items, not ${pattern.length}`];
    return pattern.flatMap((one, index) => differences(one, value[index], `${at}[${index}]`));
  }
  if (!isObject(pattern)) {
    return pattern === value ? [] : [`${at}: ${JSON.stringify(value)} is not ${JSON.stringify(pattern)}`];
  }
  if (!isObject(value)) return [`${at} is no object`];
  const { $absent = [], $exact = false, ...wanted } = pattern;
  const names = Object.keys(value);
  const unwanted = names.filter(
    (name) => ($absent as readonly string[]).includes(name) || ($exact === true && !(name in wanted)),
  );
  return [
    ...unwanted.map((name) => `${at}.${name} is there`),
    ...Object.entries(wanted).flatMap(([name, one]) => differences(one, value[name], `${at}.${name}`)),
  ];
}

export const readExchanges = (file: URL): readonly Exchange[] =>
  JSON.parse(readFileSync(file, 'utf8')) as readonly Exchange[];

interface Received {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
}

type Request = Exchange['request'];

/** What earlier answers gave: texts for `{{name}}`, and whole bodies. */
export interface Kept {
  readonly texts: Map<string, string>;
  readonly bodies: Map<string, Buffer>;
}

export const nothingKept = (): Kept => ({ texts: new Map(), bodies: new Map() });

function bodyOf(
  { json, text, untyped, upload, form }: Request,
  { bodies }: Kept,
): string | Uint8Array<ArrayBuffer> | FormData | null {
  if (upload !== undefined) {
    const data = new FormData();
    const content = upload.kept === undefined ? (upload.content ?? '') : new Uint8Array(bodies.get(upload.kept) ?? []);
    data.append(upload.part, new Blob([content]), upload.fileName);
    return data;
  }
  if (form !== undefined) {
    const head = [`--${form.boundary}`, ...form.part, '', ''].join('\r\n');
    const end = `\r\n--${form.boundary}--\r\n`;
    return new Uint8Array(
      Buffer.concat([Buffer.from(head), bodies.get(form.kept) ?? Buffer.alloc(0), Buffer.from(end)]),
    );
  }
  if (untyped !== undefined) return new Uint8Array(Buffer.from(JSON.stringify(untyped)));
  return text ?? (json === undefined ? null : JSON.stringify(json));
}

async function send(server: OctopusServer, request: Request, kept: Kept): Promise<Received> {
  const keys: Readonly<Record<string, string | null>> = {
    admin: server.apiKey,
    publisher: publisherKey,
    reader: readerKey,
    none: null,
  };
  const { method, path, key = 'admin', headers } = request;
  const apiKey = keys[key] === undefined ? key : keys[key];
  const body = bodyOf(request, kept);
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: {
      ...(apiKey === null ? {} : { 'X-Octopus-ApiKey': apiKey }),
      ...(typeof body === 'string' ? { 'Content-Type': 'application/json' } : {}),
      ...headers,
    },
    ...(body === null ? {} : { body }),
  });
  return { status: response.status, headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) };
}

/** What is wrong with an answer. */
function faults({ response }: Exchange, answer: Received): readonly string[] {
  const { status, headers = {}, text, json } = response;
  const body = answer.bytes.toString('utf8');
  if (answer.status !== status) return [`status ${answer.status}, not ${status}: ${body}`];
  return [
    ...Object.entries(headers)
      .filter(([name, pattern]) => !new RegExp(pattern).test(answer.headers.get(name) ?? ''))
      .map(([name]) => `${name}: ${String(answer.headers.get(name))}`),
    ...(text === undefined || new RegExp(text, 's').test(body) ? [] : [`the text is ${body}`]),
    ...(json === undefined ? [] : differences(json, JSON.parse(body), '$')),
  ];
}

const filled = (exchange: Exchange, { texts }: Kept): Exchange =>
  JSON.parse(
    JSON.stringify(exchange).replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => texts.get(name) ?? `no ${name}`),
  ) as Exchange;

/** Sends one request, again and again where the fixture says so, and returns what is wrong with the last answer. */
export async function exchanged(server: OctopusServer, given: Exchange, kept: Kept): Promise<readonly string[]> {
  const exchange = filled(given, kept);
  for (let tries = exchange.until === true ? 500 : 1; ; tries -= 1) {
    const answer = await send(server, exchange.request, kept);
    const wrong = faults(exchange, answer);
    if (wrong.length > 0 && tries > 1) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      continue;
    }
    const { keep = {}, keepBody } = exchange.response;
    for (const [name, path] of Object.entries(keep)) {
      const value = path
        .split('.')
        .reduce<unknown>(
          (inner, member) => (inner as Record<string, unknown> | undefined)?.[member],
          JSON.parse(answer.bytes.toString('utf8')),
        );
      kept.texts.set(name, String(value));
    }
    if (keepBody !== undefined) kept.bodies.set(keepBody, answer.bytes);
    return wrong;
  }
}
