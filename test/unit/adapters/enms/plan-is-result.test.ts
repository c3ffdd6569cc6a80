import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import Sqlite from 'libsql';
import { adapter as enms } from '../../../../src/adapters/enms/index.ts';
import { startEmulator, type RunningEmulator } from '../../../../src/emulators/index.ts';
import type { Adapter } from '../../../../src/ports/adapter.ts';
import type { ArtifactFile } from '../../../../src/ports/artifact.ts';
import type { Scope } from '../../../../src/ports/snapshot.ts';
import { Secret } from '../../../../src/secret.ts';
import { adapterTools, never } from '../../../support/adapter-tools.ts';
import { packaged } from '../../../support/enms-client.ts';
import { fc } from '../../../support/property.ts';
import { all } from '../../../support/sample.ts';

let folder: string;
let servers: readonly RunningEmulator[];
let database: Sqlite.Database;
let target: Adapter;
/** The package, by files or object by object. */
const packages = new Map<string, readonly ArtifactFile[]>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'migrator-test-'));
  const start = (sample: 'source' | 'target') =>
    startEmulator('enms', { directory: join(folder, sample), sample, pace: 0 });
  servers = [await start('source'), await start('target')];
  database = new Sqlite(join(folder, 'target', 'state.sqlite'));
  const tools = adapterTools();
  const [source, other] = servers.map(({ url, credentials: { username, password = '' } }) =>
    enms.create({ name: 'lab', url, settings: { username }, secrets: { password: new Secret(password) } }, tools),
  );
  target = other!;
  for (const via of ['web', 'rest']) {
    const exported = await source!.exports!.prepare({ projects: ['lab'], options: { via } }, never);
    const id = await source!.exports!.start(exported, {}, undefined, never);
    const { files } = await source!.exports!.fetch(id, exported, never);
    const read = async (file: ArtifactFile) => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of file.open(never)) chunks.push(chunk);
      return packaged(file.path, Buffer.concat(chunks).toString());
    };
    packages.set(via, await Promise.all(files.map(read)));
  }
});

afterAll(async () => {
  database.close();
  for (const server of servers) await server.close();
  await rm(folder, { recursive: true, force: true });
});

async function prepared(via: string) {
  const files = packages.get(via)!;
  const source = { id: 'lab', version: '1.0.0' };
  return { files, plan: await target.imports!.prepare({ source, dryRun: false, options: {}, files }, never) };
}

async function imported({ files, plan }: Awaited<ReturnType<typeof prepared>>): Promise<void> {
  await target.imports!.stage!(plan, files, never);
  const id = await target.imports!.start(plan, {}, files, never);
  expect((await target.jobs.status(id, never)).state).toBe('succeeded');
}

async function marksIn(scope: Scope): Promise<ReadonlyMap<string, string | undefined>> {
  const marks = new Map<string, string | undefined>();
  for await (const { kind, name, mark } of target.snapshots!.take(scope, 'listing', never))
    marks.set(`${kind} ${name}`, mark);
  return marks;
}

interface Row {
  readonly place: number;
  readonly body: string;
}

/** Nothing refers to these by a single name, so an import does not fail without them. */
const removable = ['link', 'pool', 'task', 'workflow_edge', 'group'];
const changeable = ['device', 'link', 'service', 'pool', 'credential', 'network', 'user', 'task', 'group'];

function plant(what: 'removed' | 'changed' | 'unrelated', index: number): void {
  const models = what === 'removed' ? removable : changeable;
  const model = models[index % models.length]!;
  const pick = <Item>(items: readonly Item[]) => items[index % items.length];
  if (what === 'unrelated') {
    const rows = database
      .prepare('SELECT rank FROM relations JOIN objects ON objects.place = relations.near WHERE objects.model = ?')
      .all(model) as { readonly rank: number }[];
    database.prepare('DELETE FROM relations WHERE rank = ?').run(pick(rows)?.rank ?? -1);
    return;
  }
  const row = pick(database.prepare('SELECT place, body FROM objects WHERE model = ?').all(model) as Row[]);
  if (row === undefined) return;
  if (what === 'removed') {
    database.prepare('DELETE FROM relations WHERE near = ? OR far = ?').run(row.place, row.place);
    database.prepare('DELETE FROM objects WHERE place = ?').run(row.place);
    return;
  }
  const body = JSON.stringify({ ...(JSON.parse(row.body) as object), description: `planted ${index}` });
  database.prepare('UPDATE objects SET body = ? WHERE place = ?').run(body, row.place);
}

const states = fc.array(fc.tuple(fc.constantFrom('removed', 'changed', 'unrelated'), fc.nat(500)), { maxLength: 12 });

test.each(['web', 'rest'])(
  'the plan of an import by %s is what the server then does',
  async (via) => {
    await imported(await prepared(via));
    const property = fc.asyncProperty(states, async (changes) => {
      for (const [what, index] of changes) plant(what, index);
      const work = await prepared(via);
      const { plan: items = [], scope } = work.plan;
      const before = await marksIn(scope!);
      await imported(work);
      const after = await marksIn(scope!);
      const did = (key: string): string => {
        if (!after.has(key)) return 'nothing';
        if (!before.has(key)) return 'create';
        return before.get(key) === after.get(key) ? 'stays' : 'overwrite';
      };
      const planned = items.map(({ kind, name, action }) => [
        `${kind} ${name}`,
        action === 'keep' || action === 'unchanged' ? 'stays' : action,
      ]);
      expect(planned.map(([key = '']) => [key, did(key)])).toEqual(planned);
    });
    await fc.assert(property, { numRuns: all ? 8 : 2 });
  },
  120_000,
);
