import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import Sqlite from 'libsql';
import { adapter as snaplogic } from '../../../../../src/adapters/snaplogic/index.ts';
import { startEmulator, type RunningEmulator } from '../../../../../src/emulators/index.ts';
import type { Adapter } from '../../../../../src/ports/adapter.ts';
import type { Depth, SnapshotItem } from '../../../../../src/ports/snapshot.ts';
import { Secret } from '../../../../../src/secret.ts';
import { adapterTools, never } from '../../../../support/adapter-tools.ts';
import { all } from '../../../../support/snaplogic-client.ts';

const invoices = '/Acme-Dev/Finance/Invoices';

let folder: string;
let server: RunningEmulator;
let database: Sqlite.Database;
let dev: Adapter;
let testOrg: Adapter;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'migrator-test-'));
  server = await startEmulator('snaplogic', { directory: folder, sample: 'source', pace: 1 });
  database = new Sqlite(join(folder, 'state.sqlite'));
  const peers: Record<string, () => Adapter> = {};
  const tools = adapterTools({}, peers);
  const adapter = (name: string, org: string): Adapter => {
    const { username = '', password = '' } = server.credentials;
    const secrets = { password: new Secret(password) };
    const one = snaplogic.create({ name, url: server.url, settings: { username, org }, secrets }, tools);
    peers[name] = () => one;
    return one;
  };
  dev = adapter('dev', 'Acme-Dev');
  testOrg = adapter('test', 'Acme-Test');
});

afterAll(async () => {
  database.close();
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

async function take(depth: Depth, on = dev, project = invoices, options = {}): Promise<readonly SnapshotItem[]> {
  const snapshots = on.snapshots!;
  return all(snapshots.take(await snapshots.scopeOf([project], options, never), depth, never));
}

const named = (items: readonly SnapshotItem[], name: string) => items.find((item) => item.name === name);
const without = (items: readonly SnapshotItem[], name: string) => items.filter((item) => item.name !== name);

interface Row {
  readonly id: string;
  readonly container: string;
  readonly body: string;
}

/** The row of an asset of that name in the emulator's own table. No other project of the sample has these names. */
function rowOf(name: string): Row {
  const select = database.prepare("SELECT id, container, body FROM entries WHERE kind = 'Node' AND name = ?");
  return select.get(name) as Row;
}

/** Changes the stored text of an asset, runs, and puts the asset back. */
async function changed(name: string, from: string | RegExp, to: string, run: () => Promise<void>): Promise<void> {
  const { id, body } = rowOf(name);
  const after = body.replace(from, to);
  expect(after).not.toBe(body);
  const put = database.prepare("UPDATE entries SET body = ? WHERE kind = 'Node' AND id = ?");
  put.run(after, id);
  try {
    await run();
  } finally {
    put.run(body, id);
  }
}

describe('a listing', () => {
  test('has each asset once, and is the same when it is taken again', async () => {
    const items = await take('listing');
    expect(items.map(({ kind, name }) => `${kind} ${name}`).toSorted()).toEqual([
      'Account erp_account',
      'File mapping.csv',
      'File rates.json',
      'Job Load invoices nightly',
      'Job invoice_stream',
      'Job invoice_webhook',
      'Pipeline archive_invoices',
      'Pipeline load_invoices',
      'Pipeline notify',
      'Policy office networks only',
    ]);
    expect(items.every(({ mark, fields }) => mark !== undefined && fields === undefined)).toBe(true);
    expect(await take('listing')).toEqual(items);
  });

  test.each(['erp_account', 'rates.json', 'invoice_stream', 'notify', 'office networks only'])(
    'lacks %s when it is gone, and has another mark for it when it was written',
    async (name) => {
      const before = await take('listing');
      await changed(name, /"updated":"[^"]*"/, '"updated":"2026-07-01T00:00:00.000Z"', async () => {
        const after = await take('listing');
        expect(named(after, name)?.mark).not.toBe(named(before, name)?.mark);
        expect(without(after, name)).toEqual(without(before, name));
      });
      const { id, container } = rowOf(name);
      const move = database.prepare("UPDATE entries SET container = ? WHERE kind = 'Node' AND id = ?");
      move.run('nowhere', id);
      expect(await take('listing')).toEqual(without(before, name));
      move.run(container, id);
    },
  );

  test('reads beyond the first page', async () => {
    expect(await take('listing', dev, '/Acme-Dev/Sales EMEA/Bulk')).toHaveLength(230);
  });

  test('of two projects tells their assets apart by space and project', async () => {
    const snapshots = dev.snapshots!;
    const scope = await snapshots.scopeOf([invoices, 'CRM Sync'], {}, never);
    const items = await all(snapshots.take(scope, 'listing', never));
    expect(named(items, 'Finance/Invoices/notify')).toBeDefined();
    expect(named(items, 'Sales EMEA/CRM Sync/sync_contacts')).toBeDefined();
  });
});

describe('a content', () => {
  test.each([
    ['a setting of an account', 'erp_account', 'acme-dev.db', 'other.db', 'property_map'],
    [
      'a setting of a pipeline',
      'load_invoices',
      '"error_behavior":{"value":"none"}',
      '"error_behavior":{"value":"fail"}',
      'property_map',
    ],
    ['a setting of a Snap', 'load_invoices', '../shared/invoice.expr', '../shared/other.expr', 'snap_map'],
    ['the account of a Snap', 'archive_invoices', '../../shared/s3_archive', '../../shared/s3_other', 'snap_map'],
    ['a link between Snaps', 'notify', '"dst_view_id":"input0"', '"dst_view_id":"input1"', 'link_map'],
    ['that a task is enabled', 'invoice_stream', '"enabled":true', '"enabled":false', 'enabled'],
    [
      'the pipeline of a task',
      'invoice_stream',
      '"pipeline_name":"archive_invoices"',
      '"pipeline_name":"notify"',
      'pipeline',
    ],
    ['the schedule of a task', 'Load invoices nightly', '15 2 * * *', '15 3 * * *', 'schedule'],
    ['the type of a task', 'invoice_webhook', '"type":"triggered"', '"type":"scheduled"', 'type'],
    [
      'the Snaplex of a task',
      'invoice_webhook',
      /"runtime_path_id":"[^"]*"/,
      '"runtime_path_id":"Acme-Dev/rt/cloud/x"',
      'snaplex',
    ],
    ['the parameters of a task', 'invoice_webhook', '"parameters":{}', '"parameters":{"timeout":5}', 'parameters'],
    ['a setting of a policy', 'office networks only', '10.20.0.0', '10.30.0.0', 'property_map'],
  ] as const)('shows %s', async (_, name, from, to, field) => {
    const before = await take('content');
    await changed(name, from, to, async () => {
      const after = await take('content');
      expect(named(after, name)?.fields?.[field]).not.toEqual(named(before, name)?.fields?.[field]);
      expect(without(after, name)).toEqual(without(before, name));
    });
  });

  test('shows other bytes of a file', async () => {
    // As many bytes as the file has.
    const bytes = Buffer.from('{"EUR":1,"USD":1.09}\n');
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    await writeFile(join(folder, 'files', sha256), bytes);
    const { body } = rowOf('rates.json');
    const { hash } = (JSON.parse(body) as { document: { hash: string } }).document;
    await changed('rates.json', hash, sha256, async () => {
      expect(named(await take('content'), 'rates.json')?.fields).toMatchObject({ sha256 });
    });
  });

  test('of a secret says only that there is one', async () => {
    const { body } = rowOf('erp_account');
    const password = /"password":(\{[^}]*\})/.exec(body)![1]!;
    const secretOf = async () => {
      const fields = named(await take('content'), 'erp_account')?.fields as {
        readonly property_map: { readonly settings: Readonly<Record<string, unknown>> };
      };
      return fields.property_map.settings['password'];
    };
    expect(await secretOf()).toBe(true);
    const { value } = JSON.parse(password) as { value: string };
    expect(JSON.stringify(await take('content'))).not.toContain(value);
    await changed('erp_account', password, '{"value":null}', async () => expect(await secretOf()).toBeUndefined());
  });

  test('keeps to the types that the user named', async () => {
    const items = await take('content', dev, invoices, { assetType: ['file', 'Policy'] });
    expect(items.map(({ kind }) => kind).toSorted()).toEqual(['File', 'File', 'Policy']);
  });

  test('calls an account by its new name, also where a pipeline refers to it', async () => {
    const items = await take('content', dev, invoices, { renameAccount: ['erp_account=prod_account'] });
    expect(named(items, 'prod_account')?.kind).toBe('Account');
    expect(JSON.stringify(named(items, 'load_invoices')?.fields)).toContain('prod_account');
    expect(JSON.stringify(items)).not.toContain('"erp_account"');
  });
});

test('after a move both orgs have the same content', async () => {
  const target = { name: 'test', adapter: testOrg };
  const prepared = await dev.moves!.prepare({ project: invoices, dryRun: false, options: {} }, target, never);
  const snapshots = testOrg.snapshots!;
  const look = (depth: Depth) => all(snapshots.take(prepared.scope!, depth, never));
  expect(await look('listing')).toEqual([]);
  const id = await dev.moves!.start(prepared, target, {}, never);
  while ((await dev.jobs.status(id, never)).state === 'running') await new Promise((done) => setTimeout(done, 5));
  const listed = new Set((await look('listing')).map(({ kind, name }) => `${kind}\n${name}`));
  expect(prepared.plan?.filter(({ kind, name }) => !listed.has(`${kind}\n${name}`))).toEqual([]);
  const fieldsOf = (items: readonly SnapshotItem[]) =>
    items
      .map(({ kind, name, fields = {} }) => [`${kind} ${name}`, fields] as const)
      .toSorted(([one], [other]) => one.localeCompare(other));
  const source = fieldsOf(await take('content'));
  expect(fieldsOf(await look('content'))).toEqual(source);
  expect(source.filter(([, { enabled }]) => enabled === true)).toHaveLength(3);
});
