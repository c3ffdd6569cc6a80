import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { adapterModules } from '../../src/adapters/index.ts';
import { warningsOf } from '../../src/core/steps/verdict.ts';
import { startEmulator, type FaultSpec, type RunningEmulator } from '../../src/emulators/index.ts';
import type { ErrorCode } from '../../src/errors.ts';
import type { Adapter } from '../../src/ports/adapter.ts';
import type { ArtifactFile } from '../../src/ports/artifact.ts';
import type { PreparedImport } from '../../src/ports/importer.ts';
import type { Options } from '../../src/ports/options.ts';
import type { PlanItem } from '../../src/ports/plan.ts';
import type { SnapshotItem } from '../../src/ports/snapshot.ts';
import { Secret } from '../../src/secret.ts';
import type { ContractBench, ContractSetup } from '../../src/testing/index.ts';
import { collect, failsWith, need, never, startExport, watch } from '../../src/testing/workbench.ts';
import { adapterTools } from '../support/adapter-tools.ts';
import { packaged } from '../support/enms-client.ts';
import { sample } from '../support/sample.ts';
import { startingOnce } from '../support/start-once.ts';
import { describeAdapter } from './adapter.contract.ts';

interface EnmsBench extends ContractBench {
  readonly servers: { readonly source: RunningEmulator; readonly target: RunningEmulator };
  /** An adapter for the target, with the same account and this password. */
  as(password: string): Adapter;
}

const strangersPassword = 'password of nobody here';
const project = 'contract';

/** With a key, the source encrypts private values. */
async function open(fernetKey?: string): Promise<EnmsBench> {
  const directory = await mkdtemp(join(tmpdir(), 'migrator-contract-'));
  if (fernetKey !== undefined) {
    await mkdir(join(directory, 'source', 'setup'), { recursive: true });
    await writeFile(join(directory, 'source', 'setup', 'settings.json'), JSON.stringify({ fernet_key: fernetKey }));
  }
  const start = (name: string, sample: 'source' | 'target') =>
    startEmulator('enms', { directory: join(directory, name), sample, pace: 1 });
  const servers = { source: await start('source', 'source'), target: await start('target', 'target') };
  const module = await adapterModules.enms();
  const tools = adapterTools();
  const adapter = (server: RunningEmulator, password: string) => {
    const settings = { username: server.credentials['username'] };
    const secrets = { password: new Secret(password) };
    return module.create({ name: 'bench', url: server.url, settings, secrets }, tools);
  };
  const passwordOf = (server: RunningEmulator) => server.credentials['password'] ?? '';
  const source = adapter(servers.source, passwordOf(servers.source));
  // In eNMS a project is a folder.
  const { username = '', password = '' } = servers.source.credentials;
  await fetch(`${servers.source.url}/rest/instance/folder`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ name: project, path: `/migrations/${project}` }),
  });
  return {
    source,
    target: adapter(servers.target, passwordOf(servers.target)),
    stranger: adapter(servers.source, strangersPassword),
    as: (password) => adapter(servers.target, password),
    projects: [project],
    exportOptions: {},
    importOptions: {},
    secrets: {},
    planted: [passwordOf(servers.source), passwordOf(servers.target), strangersPassword],
    lines: tools.lines,
    servers,
    close: async () => {
      await servers.source.close();
      await servers.target.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

const setup: ContractSetup = {
  facets: ['exports', 'imports', 'snapshots'],
  open: () => open(),
  projectsAreNames: true,
  pauseMs: 10,
};

async function onBench(run: (bench: EnmsBench) => Promise<void>, fernetKey?: string): Promise<void> {
  const bench = await open(fernetKey);
  try {
    await run(bench);
  } finally {
    await bench.close();
  }
}

const named = (name: string, times?: number): FaultSpec => ({
  type: 'named',
  name,
  values: {},
  ...(times === undefined ? {} : { times }),
});
const route = (fault: Omit<Extract<FaultSpec, { type: 'route' }>, 'type'>): FaultSpec => ({ type: 'route', ...fault });

async function exported(
  bench: EnmsBench,
  options: Options = {},
  from = bench.source,
): Promise<readonly ArtifactFile[]> {
  const exports = need(from.exports, 'exports');
  const prepared = await exports.prepare({ projects: [project], options }, never);
  const id = await exports.start(prepared, {}, undefined, never);
  expect((await watch(from, id, setup)).state).toBe('succeeded');
  const { files } = await exports.fetch(id, prepared, never);
  // Reads each file whole, as sealing does.
  return Promise.all(files.map(async (file) => packaged(file.path, await text(file.open(never)))));
}

async function text(stream: AsyncIterable<Uint8Array>): Promise<string> {
  return Buffer.concat(await collect(stream)).toString('utf8');
}

async function prepared(bench: EnmsBench, files: readonly ArtifactFile[], options: Options = {}, dryRun = false) {
  const source = { id: project, version: '1.0.0-x' };
  return need(bench.target.imports, 'imports').prepare({ source, dryRun, options, files }, never);
}

/** Stages and starts an import, as a run does. */
async function started(bench: EnmsBench, plan: PreparedImport, files: readonly ArtifactFile[], secrets = {}) {
  const imports = need(bench.target.imports, 'imports');
  await imports.stage?.(plan, files, never);
  return imports.start(plan, secrets, files, never);
}

async function imported(bench: EnmsBench, files: readonly ArtifactFile[], options: Options = {}) {
  const id = await started(bench, await prepared(bench, files, options), files);
  return watch(bench.target, id, setup);
}

/** Each server has its own migration folders. */
const isOwnFolder = (name: string) => name.startsWith('>migrations');

async function differences(bench: EnmsBench, files: readonly ArtifactFile[]) {
  const { plan = [] } = await prepared(bench, files, {}, true);
  // A password cannot be compared.
  const isKnown = ({ unseen, name }: PlanItem) => unseen === true || isOwnFolder(name);
  return plan.filter((item) => item.action !== 'unchanged' && !isKnown(item));
}

const namesOf = async (adapter: Adapter, kind: string) =>
  (await collect(adapter.inventory.list(kind, never))).map(({ name }) => name).sort();

/** The fields of all objects, by type and name. */
async function snapshotOf({ snapshots }: Adapter): Promise<ReadonlyMap<string, SnapshotItem['fields']>> {
  const items = snapshots!.take(await snapshots!.scopeOf([], {}, never), 'content', never);
  return new Map((await collect(items)).map(({ kind, name, fields }) => [`${kind} ${name}`, fields]));
}

describeAdapter('enms', setup, () => {
  test('all objects arrive, and a dry run afterwards finds nothing to do', async () => {
    await onBench(async (bench) => {
      const files = await exported(bench);
      expect(files.map(({ path }) => path)).toHaveLength(12);
      const status = await imported(bench, files);
      expect([status.state, warningsOf(status)]).toEqual(['succeeded', []]);
      for (const kind of ['device', 'link', 'service', 'workflow_edge', 'network', 'pool', 'group'])
        expect(await namesOf(bench.target, kind)).toEqual(expect.arrayContaining(await namesOf(bench.source, kind)));
      expect(await differences(bench, files)).toEqual([]);
      const [here, there] = [await snapshotOf(bench.source), await snapshotOf(bench.target)];
      const inactive = (fields: SnapshotItem['fields']) =>
        fields !== undefined && 'is_active' in fields ? { ...fields, is_active: false } : fields;
      for (const [key, fields] of here) expect([key, there.get(key)]).toEqual([key, inactive(fields)]);
    });
  });

  test('all objects arrive object by object too, and a dry run afterwards finds nothing to do', async () => {
    await onBench(async (bench) => {
      const files = await exported(bench, { via: 'rest' });
      const omitted = async () => (await prepared(bench, files, {})).omits?.join() ?? '';
      expect(await omitted()).toContain('credentials and services arrive without theirs');
      const status = await imported(bench, files);
      expect([status.state, status.items]).toEqual(['succeeded', undefined]);
      for (const kind of [
        'device',
        'link',
        'service',
        'workflow_edge',
        'network',
        'pool',
        'group',
        'task',
        'credential',
      ])
        expect([kind, await namesOf(bench.target, kind)]).toEqual([
          kind,
          expect.arrayContaining(await namesOf(bench.source, kind)),
        ]);
      expect(await differences(bench, files)).toEqual([]);
      expect(await omitted()).toBe('');
    });
  });

  describe('what an import writes is in its plan', () => {
    const writeTo = async ({ servers }: EnmsBench, type: string, body: object, method = 'POST', name = '') => {
      const { username = '', password = '' } = servers.target.credentials;
      const answer = await fetch(`${servers.target.url}/rest/instance/${type}${name}`, {
        method,
        headers: {
          authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
          'content-type': 'application/json',
        },
        ...(method === 'POST' ? { body: JSON.stringify(body) } : {}),
      });
      expect(answer.status).toBe(200);
      expect(await answer.json()).not.toHaveProperty('failure');
    };
    const ofPlan = async (bench: EnmsBench, files: readonly ArtifactFile[], name: string) =>
      (await prepared(bench, files)).plan?.find((item) => item.name === name);

    test('a password that is replaced, although nobody can compare it', async () => {
      await onBench(async (bench) => {
        const files = await exported(bench, { privateProperties: true });
        await imported(bench, files);
        await writeTo(bench, 'user', { name: 'bob', password: 'bobs own password' });
        const detail = 'writes its password, which cannot be compared';
        expect(await ofPlan(bench, files, 'bob')).toMatchObject({ action: 'overwrite', detail, unseen: true });
        // Nobody sees from it whether an import that lost its answer has begun.
        expect((await prepared(bench, files)).settled['witnesses']).toEqual([]);
        // Without private values nothing of it is written.
        const open = await exported(bench);
        expect(await ofPlan(bench, open, 'bob')).toMatchObject({ action: 'unchanged' });
      });
    });

    test('the layout of a workflow, both ways, and it arrives', async () => {
      await onBench(async (bench) => {
        const name = '[Nightly backup] Back up configuration';
        for (const options of [{}, { via: 'rest' }]) {
          const files = await exported(bench, options);
          await imported(bench, files);
          const before = await snapshotOf(bench.target);
          await writeTo(bench, 'service', { name, positions: { 'Nightly backup': [777, 888] } });
          const planned = await ofPlan(bench, files, name);
          expect(planned).toMatchObject({ action: 'overwrite', detail: 'other positions' });
          expect((await prepared(bench, files)).settled['witnesses'] ?? []).toEqual([]);
          await imported(bench, files);
          expect((await snapshotOf(bench.target)).get(`service ${name}`)).toEqual(before.get(`service ${name}`));
        }
      });
    });

    test('another class of the same name is refused before anything is sent', async () => {
      await onBench(async (bench) => {
        for (const options of [{}, { via: 'rest' }]) {
          const files = await exported(bench, options);
          await imported(bench, files);
          await writeTo(bench, 'device', {}, 'DELETE', '/fra-sw-1');
          await writeTo(bench, 'gateway', { name: 'fra-sw-1' });
          const message = '"fra-sw-1" is a gateway on bench, and a device in the package';
          await expect(prepared(bench, files)).rejects.toMatchObject({ code: 'CONFLICT', message });
          await writeTo(bench, 'gateway', {}, 'DELETE', '/fra-sw-1');
        }
      });
    });

    test('the gateway of a device that only the target has: named with migration files, left alone over REST', async () => {
      await onBench(async (bench) => {
        const [web, byRest] = [await exported(bench), await exported(bench, { via: 'rest' })];
        await imported(bench, byRest);
        await writeTo(bench, 'device', { name: 'tgt-only', gateways: ['par-gw'] });
        expect((await ofPlan(bench, web, 'par-gw'))?.detail).toContain('devices (without tgt-only)');
        expect(await ofPlan(bench, byRest, 'par-gw')).toMatchObject({ action: 'unchanged' });
        await writeTo(bench, 'gateway', { name: 'par-gw', description: 'changed here' });
        await imported(bench, byRest);
        expect((await snapshotOf(bench.target)).get('device tgt-only')).toMatchObject({ gateways: ['par-gw'] });
      });
    });
  });

  describe('data that the server would lose', () => {
    test('an import that empties replaces the objects, and its backup restores them', async () => {
      await onBench(async (bench) => {
        const before = await exported(bench, { privateProperties: true }, bench.target);
        const devices = await namesOf(bench.target, 'device');
        const files = await exported(bench);
        const plan = await prepared(bench, files, { emptyDatabaseBeforeImport: true });
        expect(plan.consent).toContain('deleted before the import');
        const status = await watch(bench.target, await started(bench, plan, files), setup);
        expect(status.state).toBe('succeeded');
        expect(await namesOf(bench.target, 'device')).toEqual(await namesOf(bench.source, 'device'));
        const undone = await imported(bench, before, plan.backup!.restoreWith);
        expect([undone.state, warningsOf(undone)]).toEqual(['succeeded', []]);
        expect(await namesOf(bench.target, 'device')).toEqual(devices);
        expect(await differences(bench, before)).toEqual([]);
      });
    });

    test('a backup brings everything back, except that tasks are active: a snapshot shows that', async () => {
      await onBench(async ({ source, target, ...rest }) => {
        // The tasks of the sample's source are active.
        const bench = { ...rest, source: target, target: source };
        const before = await snapshotOf(bench.target);
        const backup = await exported(bench, { privateProperties: true }, bench.target);
        const files = await exported(bench);
        const plan = await prepared(bench, files, { emptyDatabaseBeforeImport: true });
        const tasks = ['Nightly backup', 'Reachability every hour'];
        expect(plan.notes.join()).toContain(tasks.join(', '));
        await watch(bench.target, await started(bench, plan, files), setup);
        expect([...(await snapshotOf(bench.target)).keys()].sort()).not.toEqual([...before.keys()].sort());
        await imported(bench, backup, plan.backup!.restoreWith);
        const after = await snapshotOf(bench.target);
        expect([...after.keys()].sort()).toEqual([...before.keys()].sort());
        const changed = [...after.keys()].filter((key) => !isDeepStrictEqual(before.get(key), after.get(key)));
        expect(changed).toEqual(tasks.map((name) => `task ${name}`));
        for (const key of changed) expect(after.get(key)).toEqual({ ...before.get(key), is_active: false });
      });
    });

    test('the plan of an import is what the import then does', async () => {
      await onBench(async (bench) => {
        const files = await exported(bench);
        const plan = await prepared(bench, files);
        expect((await prepared(bench, files, {}, true)).plan).toEqual(plan.plan);
        const listing = async () => {
          const items = await collect(bench.target.snapshots!.take(plan.scope!, 'listing', never));
          return new Map(items.map(({ kind, name, mark }) => [`${kind} ${name}`, mark]));
        };
        const before = await listing();
        await watch(bench.target, await started(bench, plan, files), setup);
        const after = await listing();
        const did = (key: string) =>
          !after.has(key)
            ? 'not seen'
            : !before.has(key)
              ? 'create'
              : before.get(key) === after.get(key)
                ? 'unchanged'
                : 'overwrite';
        const planned = (plan.plan ?? []).map(({ kind, name, action }) => [`${kind} ${name}`, action] as const);
        expect(planned.map(([key]) => [key, did(key)])).toEqual(
          planned.map(([key, action]) => [key, action === 'keep' ? 'unchanged' : action]),
        );
        expect(new Set(planned.map(([, action]) => action)).size).toBeGreaterThan(1);
      });
    });

    test('an import that empties deletes nothing when the server cannot read its folder', async () => {
      await onBench(async (bench) => {
        const devices = await namesOf(bench.target, 'device');
        const files = await exported(bench);
        const plan = await prepared(bench, files, { emptyDatabaseBeforeImport: true });
        bench.servers.target.faults.add(
          route({ method: 'GET', path: '/download/file/*metadata.yaml', status: 500, html: true }),
        );
        await expect(() => started(bench, plan, files)).rejects.toThrow();
        expect(await namesOf(bench.target, 'device')).toEqual(devices);
      });
    });

    test('a link to an object that does not exist is refused before the import', async () => {
      await onBench(async (bench) => {
        const files = await exported(bench, { type: ['link'] });
        await expect(prepared(bench, files)).toThrowCode('CONFLICT');
      });
    });

    test('the importing account keeps its password, or continues with the new one', async () => {
      await onBench(async (bench) => {
        const files = await exported(bench, { privateProperties: true });
        const key = bench.servers.source.credentials['password'] ?? '';
        expect((await imported(bench, files)).state).toBe('succeeded');
        await bench.target.probe(never);
        const plan = await prepared(bench, files, { ownPassword: 'replace' });
        expect(plan.consent).toContain('is replaced by the one in the package');
        await failsWith('USAGE', () => started(bench, plan, files));
        const id = await started(bench, plan, files, { newPassword: new Secret(key) });
        expect((await watch(bench.target, id, setup)).state).toBe('succeeded');
        await bench.target.probe(never);
        await bench.as(key).probe(never);
        await failsWith('AUTH_REFUSED', () =>
          bench.as(bench.servers.target.credentials['password'] ?? '').probe(never),
        );
      });
    });
  });

  test('a wrong new password is told with the import that has happened', async () => {
    await onBench(async (bench) => {
      const files = await exported(bench, { privateProperties: true });
      await bench.target.probe(never);
      const plan = await prepared(bench, files, { ownPassword: 'replace' });
      const id = await started(bench, plan, files, { newPassword: new Secret('not the one') });
      const looked: unknown = await bench.target.jobs.status(id, never).catch((error: unknown) => error);
      expect(looked).toMatchObject({ code: 'AUTH_REFUSED', message: expect.stringContaining('was carried out') });
    });
  });

  describe('the check of the files before the server deletes', () => {
    const emptied = { emptyDatabaseBeforeImport: true };
    const changed = (files: readonly ArtifactFile[], type: string, edit: (text: string) => string) =>
      Promise.all(
        files.map(async (file) =>
          file.path === `native/${type}.yaml` ? packaged(file.path, edit(await text(file.open(never)))) : file,
        ),
      );
    const without = (files: readonly ArtifactFile[], type: string) =>
      files.filter(({ path }) => path !== `native/${type}.yaml`);

    type Edit = (files: readonly ArtifactFile[]) => Promise<readonly ArtifactFile[]>;
    const damages: readonly (readonly [string, ErrorCode, Edit, Options])[] = [
      [
        'a type without its file',
        'NOT_FOUND',
        (files) => Promise.resolve(without(files, 'device')),
        { type: ['device', 'link'] },
      ],
      ['an empty file', 'PACKAGE_MALFORMED', (files) => changed(files, 'service', () => ''), {}],
      [
        'a file that is not YAML',
        'PACKAGE_MALFORMED',
        (files) => changed(files, 'pool', (yaml) => `${yaml}- "name: "x\n`),
        {},
      ],
      ['an unfinished export', 'PACKAGE_MALFORMED', (files) => Promise.resolve(without(files, 'metadata')), {}],
      [
        'edges to a service whose class is not installed',
        'CONFLICT',
        (files) =>
          changed(files, 'service', (yaml) => yaml.replaceAll('"netmiko_commands_service"', '"our_own_service"')),
        {},
      ],
      [
        'links to devices that will not exist',
        'CONFLICT',
        (files) => changed(files, 'link', (yaml) => yaml.replace(/"source": "[^"]+"/, '"source": "nowhere"')),
        {},
      ],
    ];
    test.each(sample(damages, 2))(
      'an import that empties refuses %s before anything is deleted',
      async (_, code, edit, options) => {
        await onBench(async (bench) => {
          const { target } = bench;
          const before = [await namesOf(target, 'device'), await namesOf(target, 'link')];
          const files = await edit(await exported(bench));
          await failsWith(code, () => prepared(bench, files, { ...emptied, ...options }));
          expect([await namesOf(target, 'device'), await namesOf(target, 'link')]).toEqual(before);
          expect(bench.servers.target.faults.requests().filter(({ path }) => path.includes('migrate'))).toEqual([]);
        });
      },
    );

    test('the plan names the list entries that the server drops without a warning', async () => {
      await onBench(async (bench) => {
        const files = await changed(await exported(bench, { type: ['network'] }), 'network', (yaml) =>
          yaml.replace(/"nodes":\n  - "[^"]+"/, '"nodes":\n  - "ghost"'),
        );
        const plan = await prepared(bench, files);
        expect(plan.notes.join()).toMatch(/left out of lists: .*"ghost" as nodes/);
        expect((await watch(bench.target, await started(bench, plan, files), setup)).state).toBe('succeeded');
      });
    });

    test('the plan warns about values that another key encrypts, and the import of them fails', async () => {
      await onBench(async (bench) => {
        const files = await exported(bench, { privateProperties: true });
        const plan = await prepared(bench, files);
        expect(plan.notes.join()).toContain('FERNET_KEY');
        const status = await watch(bench.target, await started(bench, plan, files), setup);
        expect(status).toMatchObject({ state: 'failed', wireState: 'Error 500 - Internal Server Error.' });
        // Without private values the import succeeds.
        expect((await imported(bench, await exported(bench))).state).toBe('succeeded');
      }, Buffer.alloc(32, 7).toString('base64url'));
    });
  });

  describe('failures that the server hides', () => {
    const hidden = [
      ['partial-import', 'partial'],
      ['partial-relations', 'partial'],
      ['import-500-after-delete', 'failed'],
    ];
    test.each(sample(hidden, 2))('an import with the fault %s is reported as %s', async (fault, state) => {
      await onBench(async (bench) => {
        // With all types, other objects would refer to the refused one, and the whole import would fail.
        const files = await exported(bench, fault === 'partial-import' ? { type: ['device'] } : {});
        bench.servers.target.faults.add(named(fault));
        const status = await imported(bench, files);
        expect(status.state).toBe(state);
        expect(warningsOf(status).length).toBeGreaterThan(0);
      });
    });

    test('an export without metadata.yaml counts as unfinished', async () => {
      await onBench(async (bench) => {
        bench.servers.source.faults.add(named('missing-metadata'));
        const { id } = await startExport(bench);
        expect((await bench.source.jobs.status(id, never)).state).toBe('running');
        await failsWith('NOT_FOUND', () => need(bench.source.exports, 'exports').fetch(id, undefined, never));
      });
    });

    test('the hint explains an HTML error of Werkzeug', async () => {
      await onBench(async (bench) => {
        bench.servers.source.faults.add(named('werkzeug-html-500'));
        expect((await failsWith('REMOTE_UNEXPECTED', () => bench.source.probe(never))).hint).toContain('Werkzeug');
      });
    });
  });

  describe('recovery from faults', () => {
    test.each(sample(['session-expires', 'no-gzip-header'], 1))(
      'a migration succeeds in spite of the fault %s',
      async (fault) => {
        await onBench(async (bench) => {
          bench.servers.source.faults.add(named(fault, 1));
          bench.servers.target.faults.add(named(fault, 1));
          expect((await imported(bench, await exported(bench))).state).toBe('succeeded');
        });
      },
    );

    const faults = [
      ['503 with Retry-After', { status: 503, retryAfter: 1 }],
      ['429', { status: 429 }],
      ['a reset', { reset: 'before' }],
      ['a lost answer', { reset: 'after' }],
      ['an answer that is cut off', { cut: 7 }],
    ] as const;
    test.each(sample(faults, 2))('an export survives %s at any single read', async (_, fault) => {
      await onBench(async (bench) => {
        for (const skip of sample([0, 2, 4, 6], 2)) {
          const remove = bench.servers.source.faults.add(route({ method: 'GET', path: '*', times: 1, skip, ...fault }));
          const files = await exported(bench, { type: ['device', 'link'] });
          expect(files.map(({ path }) => path)).toEqual(
            expect.arrayContaining(['native/device.yaml', 'native/link.yaml']),
          );
          remove();
        }
      });
    });

    test('an export whose answer is lost is found and not started again', async () => {
      await onBench(async (bench) => {
        bench.servers.source.faults.add(
          route({ method: 'POST', path: '/rest/migrate/export', reset: 'after', times: 1 }),
        );
        expect(await exported(bench, {}, startingOnce(bench.source))).not.toEqual([]);
        const begun = bench.servers.source.faults.requests().filter(({ path }) => path === '/rest/migrate/export');
        expect(begun).toHaveLength(1);
      });
    });

    test('an import whose answer is lost succeeds when all its objects are there', async () => {
      await onBench(async (bench) => {
        const files = await exported(bench);
        bench.servers.target.faults.add(
          route({ method: 'POST', path: '/rest/migrate/import', reset: 'after', times: 1 }),
        );
        const once = { ...bench, target: startingOnce(bench.target) };
        expect(await imported(once, files)).toMatchObject({ state: 'succeeded', wireState: 'all objects are there' });
      });
    });
  });

  test('a spreadsheet that the server wrote is refused: its import would break the links of the target', async () => {
    await onBench(async (bench) => {
      const [file] = await rawExport(bench);
      const files = [{ ...need(file, 'spreadsheet'), path: 'native/net.xls' }];
      for (const options of [{ topology: true }, { topology: true, replace: true, overwriteExisting: true }]) {
        await expect(() => prepared(bench, files, options)).toThrowCode('CONFLICT');
      }
    });
  });
});

async function rawExport(bench: EnmsBench): Promise<readonly ArtifactFile[]> {
  const exports = need(bench.source.exports, 'exports');
  const plan = await exports.prepare({ projects: [], options: { topology: true } }, never);
  const id = await exports.start(plan, {}, undefined, never);
  return (await exports.fetch(id, plan, never)).files;
}
