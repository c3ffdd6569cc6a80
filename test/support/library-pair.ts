import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { adapter } from '../../src/adapters/microstrategy/index.ts';
import { startEmulator, type RunningEmulator } from '../../src/emulators/index.ts';
import { openDatabase } from '../../src/emulators/shared/database.ts';
import type { Adapter } from '../../src/ports/adapter.ts';
import type { Http } from '../../src/ports/http.ts';
import type { Options } from '../../src/ports/options.ts';
import type { Depth, Scope, SnapshotItem } from '../../src/ports/snapshot.ts';
import { Secret } from '../../src/secret.ts';
import { collect } from '../../src/testing/workbench.ts';
import { adapterTools, never } from './adapter-tools.ts';

export type Row = Record<string, unknown> & { readonly id: string; readonly name: string; readonly type: number };

export interface LibrarySide {
  readonly server: RunningEmulator;
  /** Where the server has its tables. */
  readonly directory: string;
  readonly adapter: Adapter;
  /** The paths of the requests since the last call. */
  readonly asked: () => string[];
  /** The objects of a project in the tables of the server. */
  readonly rows: () => Row[];
  /** Changes an object in the tables; undefined deletes it. */
  readonly change: (id: string, edit: (row: Row) => Row | undefined) => void;
  readonly look: (scope: Scope, depth: Depth) => Promise<SnapshotItem[]>;
}

export interface LibraryPair {
  readonly source: LibrarySide;
  readonly target: LibrarySide;
}

export const tutorial = 'B19DEDCC11D4E0EFC000EB9495D0F44F';

/** Two embedded Libraries that share one storage, with the sample company. */
export async function withLibraryPair<Result>(run: (pair: LibraryPair) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'migrator-library-pair-'));
  const sides: LibrarySide[] = [];
  const peers: Record<string, () => Adapter> = {};
  try {
    for (const name of ['source', 'target'] as const) {
      const side = await open(folder, name, peers);
      peers[name] = () => side.adapter;
      sides.push(side);
    }
    const [source, target] = sides;
    return await run({ source: source!, target: target! });
  } finally {
    for (const side of sides) {
      await side.adapter.close?.();
      await side.server.close();
    }
    await rm(folder, { recursive: true, force: true });
  }
}

async function open(
  folder: string,
  sample: 'source' | 'target',
  peers: Record<string, () => Adapter>,
): Promise<LibrarySide> {
  const directory = join(folder, sample);
  const server = await startEmulator('microstrategy', { directory, sample, pace: 1, storage: join(folder, 'shared') });
  const lines: string[] = [];
  const tools = adapterTools({}, peers);
  const library = adapter.create(
    {
      name: sample,
      url: server.url,
      settings: { username: server.credentials['username'] },
      secrets: { password: new Secret(server.credentials['password']!) },
    },
    { ...tools, http: (options) => counted(tools.http(options), lines) },
  );
  const inTables = <Value>(work: (database: ReturnType<typeof openDatabase>) => Value): Value => {
    const database = openDatabase(join(directory, 'state.sqlite'), '');
    try {
      return work(database);
    } finally {
      database.close();
    }
  };
  const rows = (): Row[] =>
    inTables((database) =>
      database.prepare("SELECT body FROM entries WHERE kind = 'object' AND container = ?").all(tutorial),
    ).map((row) => JSON.parse((row as { body: string }).body) as Row);
  return {
    server,
    directory,
    adapter: library,
    asked: () => lines.splice(0),
    rows,
    change: (id, edit) => {
      const row = rows().find((one) => one.id === id);
      if (row === undefined) throw new Error(`the Library has no object ${id}`);
      const edited = edit(row);
      inTables((database) => {
        const key = `${tutorial}/${id}`;
        if (edited === undefined) database.prepare("DELETE FROM entries WHERE kind = 'object' AND id = ?").run(key);
        else {
          database
            .prepare("UPDATE entries SET body = ?, name = ? WHERE kind = 'object' AND id = ?")
            .run(JSON.stringify(edited), edited.name, key);
        }
      });
    },
    look: (scope, depth) => collect(library.snapshots!.take(scope, depth, never)),
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

/** Moves objects from the source to the target, with the listings before and after. */
export async function movedObjects({ source, target }: LibraryPair, options: Options) {
  const peer = { name: 'target', adapter: target.adapter };
  const request = { project: 'MicroStrategy Tutorial', dryRun: false, options };
  const prepared = await source.adapter.moves!.prepare(request, peer, never);
  const before = await target.look(prepared.scope!, 'listing');
  const id = await source.adapter.moves!.start(prepared, peer, {}, never);
  for (;;) {
    await source.adapter.jobs.advance!(id, never);
    const { state, messages } = await source.adapter.jobs.status(id, never);
    if (state === 'succeeded' || state === 'partial') break;
    if (state === 'failed' || state === 'cancelled') throw new Error(JSON.stringify(messages));
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return { prepared, before, after: await target.look(prepared.scope!, 'listing') };
}
