import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import Sqlite from 'libsql';
import { adapter as snaplogic } from '../../../../src/adapters/snaplogic/index.ts';
import { startEmulator, type RunningEmulator } from '../../../../src/emulators/index.ts';
import type { Adapter } from '../../../../src/ports/adapter.ts';
import type { ArtifactFile } from '../../../../src/ports/artifact.ts';
import type { Options } from '../../../../src/ports/options.ts';
import type { PlanItem } from '../../../../src/ports/plan.ts';
import type { Scope } from '../../../../src/ports/snapshot.ts';
import { Secret } from '../../../../src/secret.ts';
import { adapterTools, never } from '../../../support/adapter-tools.ts';
import { fc } from '../../../support/property.ts';
import { all } from '../../../support/snaplogic-client.ts';
import { all as everything } from '../../../support/sample.ts';

const invoices = '/Acme-Dev/Finance/Invoices';
const assets = [
  'erp_account',
  'mapping.csv',
  'rates.json',
  'Load invoices nightly',
  'invoice_stream',
  'invoice_webhook',
  'archive_invoices',
  'load_invoices',
  'notify',
  'office networks only',
];

let folder: string;
let server: RunningEmulator;
let database: Sqlite.Database;
let dev: Adapter;
let target: { readonly name: string; readonly adapter: Adapter };
let files: readonly ArtifactFile[];
const source = { id: 'invoices', version: '1.0.0' };
let runs = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'migrator-test-'));
  server = await startEmulator('snaplogic', { directory: folder, sample: 'source', pace: 0 });
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
  target = { name: 'test', adapter: adapter('test', 'Acme-Test') };
  const exported = await dev.exports!.prepare({ projects: [invoices], options: {} }, never);
  const id = await dev.exports!.start(exported, {}, undefined, never);
  ({ files } = await dev.exports!.fetch(id, exported, never));
});

afterAll(async () => {
  database.close();
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

async function move(options: Options): Promise<void> {
  const prepared = await dev.moves!.prepare({ project: invoices, dryRun: false, options }, target, never);
  await moved(await dev.moves!.start(prepared, target, {}, never));
}

async function moved(id: string): Promise<void> {
  while ((await dev.jobs.status(id, never)).state === 'running') await new Promise((done) => setTimeout(done, 3));
}

/** A new project on the target that lacks some assets, or nothing. Returns its path. */
async function projectWithout(missing: readonly string[] | undefined): Promise<string> {
  const destPath = `/Acme-Test/Finance/Run ${++runs}`;
  if (missing === undefined) return destPath;
  await move({ destPath });
  const project = database.prepare("SELECT id FROM entries WHERE kind = 'Node' AND name = ?").get(`Run ${runs}`) as {
    readonly id: string;
  };
  const remove = database.prepare("DELETE FROM entries WHERE kind = 'Node' AND container = ? AND name = ?");
  for (const name of missing) remove.run(project.id, name);
  return destPath;
}

async function marksIn(scope: Scope): Promise<ReadonlyMap<string, string | undefined>> {
  const items = await all(target.adapter.snapshots!.take(scope, 'listing', never));
  return new Map(items.map(({ kind, name, mark }) => [`${kind} ${name}`, mark]));
}

/** Compares a plan with what the listings before and after show. */
async function expectDone(plan: readonly PlanItem[], scope: Scope, run: () => Promise<void>): Promise<void> {
  const before = await marksIn(scope);
  await new Promise((done) => setTimeout(done, 2));
  await run();
  const after = await marksIn(scope);
  const did = (key: string): string => {
    if (!after.has(key)) return before.has(key) ? 'deleted' : 'nothing';
    if (!before.has(key)) return 'create';
    return before.get(key) === after.get(key) ? 'stays' : 'overwrite';
  };
  const planned = new Map(
    plan.map(({ kind, name, action }) => [
      `${kind} ${name}`,
      action === 'beside' || action === 'keep' ? (before.has(`${kind} ${name}`) ? 'stays' : 'nothing') : action,
    ]),
  );
  expect(planned.size).toBe(plan.length);
  const seen = new Map([...new Set([...planned.keys(), ...after.keys()])].map((key) => [key, did(key)]));
  expect([...seen].filter(([key]) => planned.has(key))).toEqual(
    [...seen].filter(([key]) => planned.has(key)).map(([key]) => [key, planned.get(key)]),
  );
  expect([...seen].filter(([key, what]) => !planned.has(key) && what !== 'stays')).toEqual([]);
}

const missing = fc.option(fc.subarray(assets), { nil: undefined });
const types = (...known: readonly string[]) => fc.subarray([...known]);
const numRuns = everything ? 15 : 6;

test('the plan of an import is what the control plane then does', async () => {
  const choices = fc.record({
    missing,
    onDuplicate: fc.constantFrom('skip', 'overwrite'),
    overwriteType: types('Account', 'File', 'Job', 'Pipeline'),
    renameAccount: fc.subarray(['erp_account=prod_account']),
    expressionFile: fc.subarray(['rates.json', 'new.expr']),
  });
  const property = fc.asyncProperty(choices, async ({ missing: gone, expressionFile, ...rest }) => {
    const destPath = await projectWithout(gone);
    const bytes = Buffer.from('{ answer: 42 }').toString('base64');
    const options = { ...rest, destPath, expressionFile: expressionFile.map((name) => `${name}/${bytes}`) };
    const imports = target.adapter.imports!;
    const prepared = await imports.prepare({ source, dryRun: false, options, files }, never);
    await expectDone(prepared.plan!, prepared.scope!, async () => {
      const id = await imports.start(prepared, {}, files, never);
      expect((await target.adapter.jobs.status(id, never)).state).not.toBe('failed');
    });
  });
  await fc.assert(property, { numRuns });
}, 120_000);

test('the plan of a move is what the control plane then does', async () => {
  const choices = fc.record({ missing, assetType: types('Account', 'File', 'Job', 'Pipeline', 'Policy') });
  const property = fc.asyncProperty(choices, async ({ missing: gone, assetType }) => {
    const options = { destPath: await projectWithout(gone), noDuplicateCheck: true, assetType };
    const prepared = await dev.moves!.prepare({ project: invoices, dryRun: false, options }, target, never);
    await expectDone(prepared.plan!, prepared.scope!, async () =>
      moved(await dev.moves!.start(prepared, target, {}, never)),
    );
  });
  await fc.assert(property, { numRuns });
}, 120_000);
