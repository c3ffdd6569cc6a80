import { adapter } from '../../src/adapters/octopus/index.ts';
import type { Adapter } from '../../src/ports/adapter.ts';
import { Secret } from '../../src/secret.ts';
import { adapterTools } from './adapter-tools.ts';
import { fixture, withScript, type Exchange } from './scripted-server.ts';

export const password = 'correct horse';
export const secrets = { password: new Secret(password) };
export const acme = { id: 'Acme.Move', version: '1.0.0-run7' };

export interface Scripted {
  readonly octopus: Adapter;
  readonly url: string;
  readonly tools: ReturnType<typeof adapterTools>;
}

/** Runs an adapter against a server that knows only these exchanges: names of fixtures, or the exchanges themselves. */
export async function withOctopus<Result>(
  script: readonly (string | Exchange)[],
  run: (scripted: Scripted) => Promise<Result>,
  { settings = {}, path = '' }: { readonly settings?: Record<string, unknown>; readonly path?: string } = {},
): Promise<Result> {
  const parts = await Promise.all(script.map(async (part) => (typeof part === 'string' ? fixture(part) : [part])));
  return withScript(parts.flat(), (url) => {
    const tools = adapterTools();
    const connection = {
      name: 'prod',
      url: url + path,
      settings,
      secrets: { apiKey: new Secret('API-TESTKEY') },
    };
    return run({ octopus: adapter.create(connection, tools), url, tools });
  });
}

export async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}
