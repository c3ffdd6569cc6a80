// Sends the requests of the fixtures in test/fixtures/octopus, each file to a new server.
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  publisherKey,
  readerKey,
  startServer,
  stopServers,
  type Answer,
  type OctopusServer,
} from './octopus-server.ts';

interface Exchange {
  readonly title: string;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly key?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly json?: unknown;
    readonly text?: string;
    readonly upload?: { readonly part: string; readonly fileName: string; readonly content: string };
  };
  readonly response: {
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly text?: string;
    readonly json?: unknown;
  };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The places where a value does not fit a pattern; see the fixtures' README. */
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

const folder = new URL('../../../fixtures/octopus/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.json'));

async function send(server: OctopusServer, { request }: Exchange): Promise<Answer> {
  const keys: Readonly<Record<string, string | null>> = {
    admin: server.apiKey,
    publisher: publisherKey,
    reader: readerKey,
    none: null,
  };
  const { method, path, key = 'admin', upload, ...rest } = request;
  const known = keys[key];
  const caller = { key: known === undefined ? key : known };
  const form = new FormData();
  if (upload !== undefined) form.append(upload.part, new Blob([upload.content]), upload.fileName);
  return server.call(method, path, { ...rest, ...caller, ...(upload === undefined ? {} : { form }) });
}

describe.each(files)('%s', (file) => {
  const exchanges = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as readonly Exchange[];
  let server: OctopusServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(stopServers);

  test.each(exchanges.map((exchange) => [exchange.title, exchange] as const))('%s', async (_, exchange) => {
    const answer = await send(server, exchange);
    const { status, headers = {}, text, json } = exchange.response;
    expect({ status: answer.status, text: answer.text }).toMatchObject({ status });
    for (const [name, pattern] of Object.entries(headers)) {
      expect(answer.headers.get(name)).toMatch(new RegExp(pattern));
    }
    if (text !== undefined) expect(answer.text).toMatch(new RegExp(text, 's'));
    if (json !== undefined) expect(differences(json, answer.json, '$')).toEqual([]);
  });
});
