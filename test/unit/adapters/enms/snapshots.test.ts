import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import Sqlite from 'libsql';
import { adapter as enmsModule } from '../../../../src/adapters/enms/index.ts';
import { types } from '../../../../src/adapters/enms/model/types-and-relations.ts';
import { startEmulator, type RunningEmulator } from '../../../../src/emulators/index.ts';
import type { Adapter } from '../../../../src/ports/adapter.ts';
import type { Options } from '../../../../src/ports/options.ts';
import type { Depth, SnapshotItem } from '../../../../src/ports/snapshot.ts';
import { Secret } from '../../../../src/secret.ts';
import { adapterTools, never } from '../../../support/adapter-tools.ts';
import { alert, object, rest, withEnms } from '../../../support/enms-client.ts';
import type { Exchange } from '../../../support/scripted-server.ts';

async function take(enms: Adapter, depth: Depth, options: Options = {}, more: Options = {}): Promise<SnapshotItem[]> {
  const snapshots = enms.snapshots!;
  const scope = { ...(await snapshots.scopeOf(['lab'], options, never)), ...more };
  const items: SnapshotItem[] = [];
  for await (const item of snapshots.take(scope, depth, never)) items.push(item);
  return items;
}

const named = (items: readonly SnapshotItem[], kind: string, name: string) =>
  items.find((item) => item.kind === kind && item.name === name);
const without = (items: readonly SnapshotItem[], kind: string, name: string) =>
  items.filter((item) => item.kind !== kind || item.name !== name);

describe('by the answers of the API', () => {
  const rows = (type: string, list: readonly object[]): Exchange => rest('GET', `query/${type}`, { json: list });
  const device = { id: 4, name: 'core-1', type: 'router', port: 22, last_modified: '2026-11-20', creator: 'admin' };

  test('a listing is one request for each type', async () => {
    const script = types.map((type) => rows(type, type === 'device' ? [device] : []));
    await withEnms(script, async ({ enms }) => {
      expect(await take(enms, 'listing')).toEqual([
        { kind: 'device', name: 'core-1', mark: expect.stringMatching(/^[0-9a-f]{32}$/) as unknown as string },
      ]);
    });
  });

  test('the mark shows what a migration carries, and not what the server makes', async () => {
    const markOf = (row: object) =>
      withEnms(
        [rows('device', [row])],
        async ({ enms }) => (await take(enms, 'listing', { type: ['device'] }))[0]?.mark,
      );
    const mark = await markOf(device);
    expect(await markOf({ ...device, id: 5, last_modified: '2026-11-21', creator: 'bob' })).toBe(mark);
    for (const change of [{ port: 23 }, { type: 'gateway' }, { custom: 'x' }])
      expect(await markOf({ ...device, ...change })).not.toBe(mark);
  });

  test('an object whose relations alone change is read itself, and a type that was not compared has no mark', async () => {
    const pools = rows('pool', [
      { name: 'a', manually_defined: true },
      { name: 'b', manually_defined: true },
    ]);
    const mark = (devices: readonly string[]) =>
      withEnms([pools, object('pool', 'a', { manually_defined: true, devices })], async ({ enms }) => {
        const items = await take(enms, 'listing', { type: ['pool'] }, { related: ['pool a'] });
        return named(items, 'pool', 'a')?.mark;
      });
    expect(await mark(['core-1'])).not.toBe(await mark([]));
    await withEnms([pools], async ({ enms }) => {
      const items = await take(enms, 'listing', { type: ['pool'] }, { unmarked: ['pool'] });
      expect(items).toEqual([
        { kind: 'pool', name: 'a' },
        { kind: 'pool', name: 'b' },
      ]);
    });
  });

  test('a content has relations by name in any order, and no ids', async () => {
    const script = [
      rows('link', [{ name: 'l' }]),
      object('link', 'l', {
        id: 4,
        source: 'core-1',
        source_id: 1,
        source_name: 'core-1',
        owners: ['b', 'a'],
        pools: ['x'],
        color: '#000',
        last_modified: '2026-11-20',
      }),
    ];
    await withEnms(script, async ({ enms }) => {
      const [item] = await take(enms, 'content', { type: ['link'] });
      expect(item?.fields).toEqual({ type: 'link', source: 'core-1', owners: ['a', 'b'], color: '#000' });
    });
  });

  test.each([
    [403, 'AUTH_REFUSED'],
    [404, 'UNSUPPORTED'],
    [500, 'REMOTE_UNEXPECTED'],
  ] as const)('a list that is answered with %p is no empty list', async (status, code) => {
    // A read is repeated twice after a 500.
    const asked = Array.from({ length: status === 500 ? 3 : 1 }, () => rest('GET', 'query/user', alert(status, 'No')));
    await withEnms(asked, ({ enms }) => expect(() => take(enms, 'listing', { type: ['user'] })).toThrowCode(code));
  });

  test('an unknown type is USAGE', async () => {
    await withEnms([], ({ enms }) => expect(() => take(enms, 'listing', { type: ['router'] })).toThrowCode('USAGE'));
  });
});

describe('on an embedded server', () => {
  let folder: string;
  let server: RunningEmulator;
  let database: Sqlite.Database;
  let enms: Adapter;
  /** What each depth shows of the sample. A test puts back what it has changed. */
  const untouched = new Map<Depth, readonly SnapshotItem[]>();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'migrator-test-'));
    server = await startEmulator('enms', { directory: folder, sample: 'source', pace: 1 });
    database = new Sqlite(join(folder, 'state.sqlite'));
    const { username, password = '' } = server.credentials;
    const secrets = { password: new Secret(password) };
    enms = enmsModule.create({ name: 'lab', url: server.url, settings: { username }, secrets }, adapterTools());
    for (const depth of ['listing', 'content'] as const) untouched.set(depth, await take(enms, depth));
  });

  afterAll(async () => {
    database.close();
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });

  interface Row {
    readonly place: number;
    readonly name: string;
    readonly body: string;
  }

  const rowOf = (model: string) =>
    database
      .prepare(
        "SELECT place, name, body FROM objects WHERE model = ? AND name NOT LIKE '[Shared]%' ORDER BY place DESC",
      )
      .get(model) as Row;

  test('each object comes once, the same again, and without a secret', async () => {
    const items = await take(enms, 'content');
    const pairs = items.map(({ kind, name }) => `${kind}\n${name}`);
    expect(new Set(pairs).size).toBe(pairs.length);
    expect(new Set(items.map(({ kind }) => kind))).toEqual(new Set(types));
    expect(await take(enms, 'content')).toEqual(items);
    expect(JSON.stringify(items)).not.toContain(server.credentials['password']);
  });

  test.each(types)(
    'a planted field and a missing object of the type %s show in a listing and in a content',
    async (type) => {
      const { place, name, body } = rowOf(type);
      const put = database.prepare('UPDATE objects SET body = ?, model = ? WHERE place = ?');
      for (const depth of ['listing', 'content'] as const) {
        const before = untouched.get(depth)!;
        const values = JSON.parse(body) as Readonly<Record<string, unknown>>;
        const field = type === 'workflow_edge' ? 'label' : type === 'task' ? 'is_active' : 'description';
        const value = type === 'task' ? values['is_active'] !== true : `${String(values[field])} planted`;
        put.run(JSON.stringify({ ...values, [field]: value }), type, place);
        const planted = await take(enms, depth);
        expect(named(planted, type, name)?.mark).not.toBe(named(before, type, name)?.mark);
        expect(without(planted, type, name)).toEqual(without(before, type, name));
        put.run(body, 'hidden', place);
        expect(named(await take(enms, depth), type, name)).toBeUndefined();
        put.run(body, type, place);
      }
    },
  );

  test('a planted relation shows in a content, and in a listing that looks closely', async () => {
    const row = database
      .prepare(
        `SELECT relations.rank, objects.name FROM relations JOIN objects ON objects.place = relations.near
         WHERE objects.model = 'link' LIMIT 1`,
      )
      .get() as { readonly rank: number; readonly name: string };
    const look = async () => ({
      content: named(await take(enms, 'content', { type: ['link'] }), 'link', row.name)?.fields,
      close: named(await take(enms, 'listing', { type: ['link'] }, { related: [`link ${row.name}`] }), 'link', row.name)
        ?.mark,
      far: named(await take(enms, 'listing', { type: ['link'] }), 'link', row.name)?.mark,
    });
    const before = await look();
    database.prepare('UPDATE relations SET near = -near WHERE rank = ?').run(row.rank);
    const after = await look();
    database.prepare('UPDATE relations SET near = -near WHERE rank = ?').run(row.rank);
    expect(after.content).not.toEqual(before.content);
    expect(after.close).not.toBe(before.close);
    expect(await look()).toEqual(before);
  });

  test('the type in the path of a query changes its answer', async () => {
    const of = async (type: string) => (await take(enms, 'listing', { type: [type] })).map(({ name }) => name);
    const all = await Promise.all(types.map(of));
    expect(new Set(all.map((list) => JSON.stringify(list))).size).toBe(types.length);
  });
});
