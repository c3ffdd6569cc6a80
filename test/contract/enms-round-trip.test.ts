import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { adapter } from '../../src/adapters/enms/index.ts';
import { types as allTypes } from '../../src/adapters/enms/model/types-and-relations.ts';
import { notCarried } from '../../src/adapters/enms/objects/object-export.ts';
import type { OperationPorts } from '../../src/core/operation.ts';
import { importPackage } from '../../src/core/operations/import-package.ts';
import { partialExport } from '../../src/core/operations/partial-export.ts';
import { readYaml } from '../../src/emulators/enms/yaml/read.ts';
import { startEmulator, type RunningEmulator } from '../../src/emulators/index.ts';
import { openFileSource } from '../../src/files/file-source.ts';
import { spool } from '../../src/files/spool.ts';
import { createFileSink } from '../../src/files/whole-file.ts';
import { defaultLimits } from '../../src/package/index.ts';
import type { Options } from '../../src/ports/options.ts';
import { Secret } from '../../src/secret.ts';
import { adapterTools, never } from '../support/adapter-tools.ts';
import { objectGraph, siteProperties, type Step } from '../support/enms-graph.ts';
import { countedSource, packageFolderIn } from '../support/package-folder.ts';
import { identity, keys, signer, trust } from '../support/packages.ts';
import { memoryRun, recordingReporter } from '../support/ports.ts';
import { fc } from '../support/property.ts';
import { withTempDir } from '../support/with-temp-dir.ts';
import { all } from '../support/sample.ts';

type Body = Readonly<Record<string, unknown>>;

const types = ['user', 'group', 'device', 'file', 'link', 'service', 'network', 'workflow_edge', 'task', 'credential', 'pool']; // prettier-ignore

/** A server without sample data, with properties that only this site has. */
async function serverIn(directory: string) {
  await mkdir(join(directory, 'setup'), { recursive: true });
  await writeFile(join(directory, 'setup', 'properties.json'), JSON.stringify({ custom: siteProperties }));
  const emulator = await startEmulator('enms', { directory, sample: false, pace: 0 });
  const { username = '', password = '' } = emulator.credentials;
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const call = async (method: string, path: string, json?: unknown): Promise<unknown> => {
    const headers = { authorization, ...(json === undefined ? {} : { 'content-type': 'application/json' }) };
    const body = json === undefined ? {} : { body: JSON.stringify(json) };
    const response = await fetch(`${emulator.url}/rest/${path}`, { method, headers, ...body });
    const text = await response.text();
    if (response.status !== 200) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text) as unknown;
  };
  return { emulator, directory, call };
}

type Server = Awaited<ReturnType<typeof serverIn>>;

async function put({ call }: Server, steps: readonly Step[]): Promise<void> {
  for (const { type, body } of steps) {
    // The server must accept every random object. Otherwise few would be left to compare.
    expect([type, body, await call('POST', `instance/${type}`, body)]).toEqual([type, body, { success: [expect.any(String)] }]);
  } // prettier-ignore
  await call('POST', 'update_all_pools', {});
}

/** Each server writes these itself, or computes them when they are read. */
const ownedByServer = new Set(['id', 'last_modified', 'last_modified_by', 'last_login', 'last_updated', 'status', 'source_id', 'destination_id', 'workflow_id', 'service_id', 'superworkflow_id', 'full_path', 'folder_path']); // prettier-ignore
/** eNMS does not migrate these: tasks arrive inactive. */
const notMigrated = new Set(['is_active', 'next_run_time', 'time_before_next_run']);
/** The REST API does not show these: passwords and keys, a site's own private properties, the layout of workflows. */
const hidden = ['password', 'private_key', 'enable_password', 'custom_password', 'snmp_community', 'positions'];

type Seen = Readonly<Record<string, Body>>;

/** Everything that a server holds. What REST does not show comes from the server's own migration files. */
async function everythingOn({ call, directory, emulator }: Server, left: ReadonlySet<string>): Promise<Seen> {
  await call('POST', 'migrate/export', { name: 'seen', import_export_types: types, export_private_properties: true });
  const seen: Record<string, Body> = {};
  for (const type of types) {
    const file = readYaml(await readFile(join(directory, 'files', 'migrations', 'seen', `${type}.yaml`), 'utf8'));
    for (const inFile of file as readonly Body[]) {
      const name = String(inFile['name']);
      // Each server has its own migration folders.
      if (type === 'file' && name.startsWith('>migrations')) continue;
      const told = (await call('GET', `instance/${type}/${encodeURIComponent(name)}`)) as Body;
      // An import never writes the properties of these services, so each server has its own layout of them.
      const isBuiltIn = ['[Shared] Start', '[Shared] End', '[Shared] Placeholder'].includes(name);
      const shown = isBuiltIn ? hidden.filter((key) => key !== 'positions') : hidden;
      const private_ = Object.fromEntries(shown.filter((key) => key in inFile).map((key) => [key, inFile[key]]));
      const ownPassword = type === 'user' && name === emulator.credentials['username'] ? ['password'] : [];
      const all = Object.entries({ ...told, ...private_ }).filter(
        ([key]) => !left.has(key) && !ownedByServer.has(key) && !notMigrated.has(key) && !ownPassword.includes(key),
      );
      seen[`${type} ${name}`] = Object.fromEntries(all.map(([key, value]) => [key, comparable(key, value)]));
    }
  }
  return seen;
}

/** Names in relations are compared as sets. Lists in properties keep their order. */
function comparable(key: string, value: unknown): unknown {
  const isNames = Array.isArray(value) && value.every((item) => typeof item === 'string') && key !== 'tags';
  return isNames ? [...(value as readonly string[])].sort() : value;
}

const tools = adapterTools();

const instanceOf = ({ url, credentials }: RunningEmulator, name: string) => ({
  name,
  adapter: adapter.create(
    { name, url, settings: { username: credentials['username'] }, secrets: { password: new Secret(credentials['password'] ?? '') } },
    tools,
  ),
}); // prettier-ignore

const ports = (): OperationPorts => ({ ...tools, reporter: recordingReporter(), run: memoryRun() });
const waiting = { wait: true, timeout: undefined, pollInterval: 10 };

async function migrate(source: Server, target: Server, file: string, options: Options): Promise<void> {
  const settings = {
    createdBy: 'migrator-cli 0.0.0',
    compression: 'auto',
    encryption: { recipients: [identity.recipient] },
    signer,
    privateManifest: false,
  } as const;
  const create = () => createFileSink(file, { overwrite: false });
  const exported = await partialExport(
    { request: { projects: ['graph'], options }, resume: undefined, ...waiting },
    {
      ...ports(),
      source: instanceOf(source.emulator, 'lab'),
      target: undefined,
      output: { settings, name: () => file, create, spool },
      secrets: {},
      own: () => Promise.resolve({}),
      madeFor: () => Promise.resolve(undefined),
    },
    never,
  );
  expect(exported).toMatchObject({ outcome: 'done', sealed: expect.anything() });
  const bytes = await openFileSource(file);
  const counted = countedSource(bytes);
  const folder = packageFolderIn(`${file}.state`);
  try {
    const imported = await importPackage(
      { dryRun: false, onConflict: 'fail', overwrites: false, ignoreVersion: false, options: {}, ...waiting },
      {
        ...ports(),
        target: instanceOf(target.emulator, 'dr'),
        source: {
          kind: 'sealed',
          sealed: {
            name: file,
            bytes: counted,
            trust,
            keys: () => Promise.resolve(keys),
            limits: defaultLimits,
            mask: () => undefined,
            folder,
          },
        },
        secrets: {},
        backup: undefined,
        consent: () => Promise.resolve(true),
      },
      never,
    );
    expect(imported.outcome).toBe('done');
    expect(options['via'] === 'rest' ? notCarried(allTypes) : []).toEqual(
      expect.arrayContaining([...imported.warnings]),
    );
    // It was verified, and opened once.
    expect(counted.streams()).toBe(2);
  } finally {
    await bytes.close();
  }
}

/** What the source holds, and the target after the migration. `left` names properties that are not compared. */
function migrated(steps: readonly Step[], options: Options, left: readonly string[]): Promise<readonly [Seen, Seen]> {
  return withTempDir(async (folder) => {
    const source = await serverIn(join(folder, 'lab'));
    const target = await serverIn(join(folder, 'dr'));
    try {
      await put(source, steps);
      await migrate(source, target, join(folder, 'graph.tar'), options);
      return [await everythingOn(source, new Set(left)), await everythingOn(target, new Set(left))] as const;
    } finally {
      await source.emulator.close();
      await target.emulator.close();
    }
  });
}

describe('a random graph of objects', () => {
  test.each<[string, Options, readonly string[]]>([
    ['by migration files with private properties', { privateProperties: true }, []],
    ['object by object', { via: 'rest' }, hidden],
  ])('any graph of objects survives export, package and import %s', async (_, options, left) => {
    await fc.assert(
      fc.asyncProperty(objectGraph, async (steps) => {
        const [sent, arrived] = await migrated(steps, options, left);
        expect(arrived).toEqual(sent);
      }),
      { numRuns: all ? 12 : 5 },
    );
  });
});
