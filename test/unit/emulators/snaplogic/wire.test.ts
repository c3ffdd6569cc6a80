// Sends the requests of the fixtures in test/fixtures/snaplogic, each file to a new control plane.
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { fault, startPlane, stopPlanes, type Answer, type ControlPlane, type Json } from './control-plane.ts';

interface Exchange {
  readonly title: string;
  readonly fault?: string;
  readonly until?: boolean;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly as?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly json?: unknown;
    readonly text?: string;
    readonly upload?: { readonly part: string; readonly fileName: string; readonly content: string };
  };
  readonly response: {
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly text?: string;
    readonly json?: Json;
  };
  readonly save?: Readonly<Record<string, string>>;
}

const filled = (exchange: Exchange, saved: ReadonlyMap<string, string>): Exchange =>
  JSON.parse(
    JSON.stringify(exchange).replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => saved.get(name) ?? `no ${name}`),
  ) as Exchange;

/** The expectation of a fixture as a matcher of the test runner. */
function pattern(value: unknown): unknown {
  if (value === '*') return expect.anything();
  if (typeof value === 'string' && value.startsWith('~')) return expect.stringMatching(new RegExp(value.slice(1)));
  if (Array.isArray(value)) return value.map(pattern);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, pattern(one)]));
}

const at = (value: unknown, path: string): unknown =>
  path.split('.').reduce((inner, name) => (inner as Json | undefined)?.[name], value);

async function send(plane: ControlPlane, { request, until }: Exchange): Promise<Answer> {
  const { method, path, upload, ...rest } = request;
  const form = new FormData();
  if (upload !== undefined) form.append(upload.part, new Blob([upload.content]), upload.fileName);
  for (;;) {
    const answer = await plane.call(method, path, { ...rest, ...(upload === undefined ? {} : { form }) });
    if (until !== true || answer.map['status'] !== 'Started') return answer;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const folder = new URL('../../../fixtures/snaplogic/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.json'));

describe.each(files)('%s', (file) => {
  const exchanges = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as readonly Exchange[];
  const saved = new Map<string, string>();
  let plane: ControlPlane;
  beforeAll(async () => {
    plane = await startPlane();
  });
  afterAll(stopPlanes);

  test.each(exchanges.map((exchange) => [exchange.title, exchange] as const))('%s', async (_, written) => {
    const exchange = filled(written, saved);
    if (exchange.fault !== undefined) plane.faults.add(fault(exchange.fault));
    const answer = await send(plane, exchange);
    const { status, headers = {}, text, json } = exchange.response;
    expect({ status: answer.status, text: answer.text }).toMatchObject({ status });
    for (const [name, expected] of Object.entries(headers)) {
      expect(answer.headers.get(name)).toMatch(new RegExp(expected));
    }
    if (text !== undefined) expect(answer.text).toMatch(new RegExp(text, 's'));
    if (json !== undefined) expect(answer.json).toMatchObject(pattern(json) as Json);
    const isJson = (answer.headers.get('content-type') ?? '').includes('json');
    if (isJson) expect(answer.json['http_status_code']).toBe(json?.['http_status_code'] ?? status);
    for (const [name, path] of Object.entries(exchange.save ?? {})) saved.set(name, String(at(answer.json, path)));
  });
});
