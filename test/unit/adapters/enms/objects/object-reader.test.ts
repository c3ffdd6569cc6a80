import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { adapter } from '../../../../../src/adapters/enms/index.ts';
import { everyTenSeconds } from '../../../../../src/adapters/enms/server.ts';
import { startEmulator, type RunningEmulator } from '../../../../../src/emulators/index.ts';
import type { Adapter } from '../../../../../src/ports/adapter.ts';
import type { ArtifactFile } from '../../../../../src/ports/artifact.ts';
import { Secret } from '../../../../../src/secret.ts';
import { adapterTools, never } from '../../../../support/adapter-tools.ts';
import { packaged } from '../../../../support/enms-client.ts';

const devices = 120;
let folder: string;
let server: RunningEmulator;
let enms: Adapter;
let files: readonly ArtifactFile[];

const wanted = { type: ['device', 'link', 'workflow_edge'], via: 'rest' };

const send = (path: string, json: unknown) => {
  const { username = '', password = '' } = server.credentials;
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const headers = { authorization, 'content-type': 'application/json' };
  return fetch(`${server.url}/rest/instance/${path}`, { method: 'POST', headers, body: JSON.stringify(json) });
};

const textOf = async (file: ArtifactFile) => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of file.open(never)) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'migrator-test-'));
  server = await startEmulator('enms', { directory: folder, sample: 'source', pace: 0 });
  const { username, password = '' } = server.credentials;
  const connection = {
    name: 'lab',
    url: server.url,
    settings: { username },
    secrets: { password: new Secret(password) },
  };
  enms = adapter.create(connection, adapterTools());
  await enms.probe(never);
  const bulk = Array.from({ length: devices }, (_, at) => ({ name: `bulk-${at}`, owners: at % 2 ? ['admin'] : [] }));
  const links = Array.from({ length: 60 }, (_, at) => ({
    name: `l-${at}`,
    source: `bulk-${at}`,
    destination: 'bulk-99',
  }));
  await send('gateway', [{ name: 'gate' }]);
  const routers = bulk.map((device, at) => ({ ...device, gateways: at % 3 ? ['gate'] : [] }));
  // The second time takes away the owner whom the server gives to what is new.
  for (let turn = 0; turn < 2; turn += 1) await send('router', routers);
  await send('link', links);
  const exported = await enms.exports!.prepare({ projects: ['lab'], options: wanted }, never);
  const id = await enms.exports!.start(exported, {}, undefined, never);
  const made = await enms.exports!.fetch(id, exported, never);
  files = await Promise.all(made.files.map(async (file) => packaged(file.path, await textOf(file))));
});

afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

async function planned(changed: readonly ArtifactFile[]) {
  server.faults.forgetRequests();
  const source = { id: 'lab', version: '1.0.0' };
  const { plan } = await enms.imports!.prepare({ source, dryRun: true, options: wanted, files: changed }, never);
  return { plan: plan!, requests: server.faults.requests().map(({ method, path }) => `${method} ${path}`) };
}

describe('many objects', () => {
  test('are compared with few requests, and with their relations', async () => {
    const { plan, requests } = await planned(files);
    expect(plan.length).toBeGreaterThan(devices + 60);
    expect(plan.filter(({ action }) => action !== 'unchanged')).toEqual([]);
    expect(requests.length).toBeLessThan(75);
    expect(requests.filter((line) => line.includes('/instance/router/')).length).toBeLessThan(10);
  });

  test.each([
    ['device', '"owners":["admin"]', '"owners":[]', 'other owners (without admin)'],
    ['device', '"gateways":["gate"]', '"gateways":[]', 'other gateways (without gate)'],
    ['device', '"rbac_read":[]', '"rbac_read":["operators"]', 'other rbac_read'],
    ['link', '"destination":"bulk-99"', '"destination":"bulk-98"', 'other destination'],
  ])('of the type %s that differ in a relation alone are overwritten: %s', async (type, is, was, detail) => {
    const path = `objects/${type}.ndjson`;
    const text = await textOf(files.find((file) => file.path === path)!);
    const lines = text.split('\n');
    const at = lines.findIndex((line) => line.includes('"l-') || (line.includes('"bulk-') && line.includes(is)));
    lines[at] = lines[at]!.replace(is, was);
    const { plan } = await planned(files.map((file) => (file.path === path ? packaged(path, lines.join('\n')) : file)));
    expect(plan.filter(({ action }) => action !== 'unchanged')).toEqual([
      { kind: type, name: expect.stringMatching(/^(bulk|l)-/), action: 'overwrite', detail },
    ]);
  });

  test('are looked at with their relations in a content, as one by one', async () => {
    const marks = new Map<string, unknown>();
    server.faults.forgetRequests();
    for await (const { name, fields } of enms.snapshots!.take({ types: ['device'] }, 'content', never))
      marks.set(name, fields);
    expect(server.faults.requests().length).toBeLessThan(40);
    expect(marks.get('bulk-5')).toMatchObject({ owners: ['admin'], gateways: ['gate'] });
    expect(marks.get('bulk-6')).toMatchObject({ owners: [], gateways: [] });
  });
});

test('a group that the server lets read whatever is written makes no object differ', async () => {
  await send('group', [{ name: 'readers', force_read_access: true }]);
  await send('router', [{ name: 'bulk-1', description: '' }]);
  const { username = '', password = '' } = server.credentials;
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const answer = await fetch(`${server.url}/rest/instance/device/bulk-1`, { headers: { authorization } });
  expect(await answer.json()).toMatchObject({ rbac_read: expect.arrayContaining(['readers']) });
  const { plan } = await planned(files);
  expect(plan.filter(({ action }) => action !== 'unchanged')).toEqual([]);
});

test('long work says how far it has come, at most once in ten seconds', () => {
  let time = 0;
  const lines: string[] = [];
  const progress = everyTenSeconds({ now: () => new Date(time) }, (line) => lines.push(line));
  for (; time < 25_000; time += 1000) progress(`at ${time}`);
  expect(lines).toEqual(['at 10000', 'at 20000']);
});
