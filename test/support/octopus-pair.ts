import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { adapter } from '../../src/adapters/octopus/index.ts';
import { openDatabase } from '../../src/emulators/shared/database.ts';
import { startEmulator, type RunningEmulator, type Sample } from '../../src/emulators/index.ts';
import type { Adapter } from '../../src/ports/adapter.ts';
import type { Http } from '../../src/ports/http.ts';
import type { Options } from '../../src/ports/options.ts';
import type { Depth, Scope, SnapshotItem } from '../../src/ports/snapshot.ts';
import { Secret } from '../../src/secret.ts';
import { adapterTools, never } from './adapter-tools.ts';
import { keyOf } from './octopus-api.ts';
import { all } from './octopus-client.ts';

export type Body = Record<string, unknown>;

export interface Side {
  readonly server: RunningEmulator;
  /** Where the server has its tables. */
  readonly directory: string;
  readonly adapter: Adapter;
  /** The paths of the requests since the last call, with their queries. */
  readonly asked: () => string[];
  /** Documents in the tables of the server, which the API does not take part in. */
  readonly rows: (kind: string) => { readonly id: string; readonly name: string; readonly body: Body }[];
  readonly change: (kind: string, name: string, edit: (body: Body) => Body | undefined) => void;
  readonly look: (scope: Scope, depth: Depth) => Promise<SnapshotItem[]>;
}

export interface Pair {
  readonly source: Side;
  readonly target: Side;
}

/** Two embedded Octopus servers with the sample company, or with an empty target. */
export async function withOctopusPair<Result>(
  run: (pair: Pair) => Promise<Result>,
  target: 'target' | false = 'target',
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'migrator-octopus-pair-'));
  const sides: Side[] = [];
  try {
    sides.push(await open(join(folder, 'source'), 'source', 'source'));
    sides.push(await open(join(folder, 'target'), 'target', target));
    return await run({ source: sides[0]!, target: sides[1]! });
  } finally {
    for (const { server } of sides) await server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function open(directory: string, name: string, sample: Sample): Promise<Side> {
  const lines: string[] = [];
  const server = await startEmulator('octopus', { directory, sample, pace: 1 });
  const connection = {
    name,
    url: server.url,
    settings: {},
    secrets: { apiKey: new Secret(keyOf(server)) },
  };
  const tools = adapterTools();
  const octopus = adapter.create(connection, { ...tools, http: (options) => counted(tools.http(options), lines) });
  const inTables = <Value>(work: (database: ReturnType<typeof openDatabase>) => Value): Value => {
    const database = openDatabase(join(directory, 'state.sqlite'), '');
    try {
      return work(database);
    } finally {
      database.close();
    }
  };
  const rows: Side['rows'] = (kind) =>
    inTables((database) =>
      (database.prepare('SELECT id, name, body FROM entries WHERE kind = ? ORDER BY place').all(kind) as never[]).map(
        ({ id, name, body }: { id: string; name: string; body: string }) => ({
          id,
          name,
          body: JSON.parse(body) as Body,
        }),
      ),
    );
  return {
    server,
    directory,
    adapter: octopus,
    asked: () => lines.splice(0),
    rows,
    change: (kind, name, edit) => {
      const row = rows(kind).find((one) => one.name === name || one.id === name);
      if (row === undefined) throw new Error(`the server has no ${kind} ${name}`);
      const body = edit(row.body);
      inTables((database) => {
        if (body === undefined) database.prepare('DELETE FROM entries WHERE kind = ? AND id = ?').run(kind, row.id);
        else {
          database
            .prepare('UPDATE entries SET body = ? WHERE kind = ? AND id = ?')
            .run(JSON.stringify(body), kind, row.id);
        }
      });
    },
    look: (scope, depth) => all(octopus.snapshots!.take(scope, depth, never)),
  };
}

function counted(http: Http, lines: string[]): Http {
  return {
    ...http,
    json: (request, signal) => {
      lines.push(request.path);
      return http.json(request, signal);
    },
  };
}

/** Exports the projects, pushes the package and imports it. Returns what the import was prepared with. */
export async function moved({ source, target }: Pair, projects: readonly string[], options: Options = {}) {
  const secrets = { password: new Secret('correct horse') };
  const prepared = await source.adapter.exports!.prepare({ projects, options }, never);
  const destination = await target.adapter.feed!.destination!(never);
  await ended(source, await source.adapter.exports!.start(prepared, secrets, destination, never));
  const request = { source: prepared.package, projects, dryRun: false, options, exportedWith: options };
  const importing = await target.adapter.imports!.prepare(request, never);
  const before = await target.look(importing.scope!, 'listing');
  await ended(target, await target.adapter.imports!.start(importing, secrets, [], never));
  return { before, after: await target.look(importing.scope!, 'listing'), scope: importing.scope! };
}

async function ended({ adapter: { jobs } }: Side, id: string): Promise<void> {
  for (;;) {
    const { state, messages } = await jobs.status(id, never);
    if (state === 'succeeded') return;
    if (state === 'failed' || state === 'cancelled' || state === 'partial') throw new Error(JSON.stringify(messages));
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
