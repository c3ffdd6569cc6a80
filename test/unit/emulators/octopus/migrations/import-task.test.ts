import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { decryptValue, deriveKey } from '../../../../../src/emulators/octopus/migrations/encryption.ts';
import { writeZip } from '../../../../../src/emulators/shared/zip.ts';
import { collected, unzipped } from '../../shared/zip-bytes.ts';
import { startServer, stopServers, type Json, type OctopusServer } from '../octopus-server.ts';

const Password = 'correct horse battery staple';
const id = { PackageId: 'Acme.Move', PackageVersion: '1.0.0' };

let source: OctopusServer;
let target: OctopusServer;

beforeEach(async () => {
  [source, target] = await Promise.all([startServer(), startServer({ sample: 'target' })]);
});
afterEach(stopServers);

async function exportTo(from: OctopusServer, to: OctopusServer, request: Json): Promise<void> {
  const started = await from.call('POST', '/api/migrations/partialexport', {
    json: { ...id, Password, DestinationPackageFeed: to.url, DestinationApiKey: to.apiKey, ...request },
  });
  const { task, log } = await from.finished(String(started.json['TaskId']));
  expect({ state: task['State'], log }).toMatchObject({ state: 'Success' });
}

async function importInto(server: OctopusServer, request: Json = {}) {
  const started = await server.call('POST', '/api/migrations/import', { json: { ...id, Password, ...request } });
  expect(started.status).toBe(200);
  return server.finished(String(started.json['TaskId']));
}

const kinds = [
  'projects',
  'projectgroups',
  'environments',
  'lifecycles',
  'libraryvariablesets',
  'channels',
  'releases',
  'deployments',
  'tenants',
  'machines',
  'certificates',
  'accounts',
  'variables',
  'deploymentprocesses',
  'tagsets',
  'spaces',
];

/** Everything that a client can see of a server, except its tasks. */
async function snapshot(server: OctopusServer): Promise<Record<string, unknown>> {
  const all = await Promise.all(
    kinds.map(async (kind) => [kind, (await server.call('GET', `/api/${kind}/all`)).json] as const),
  );
  return Object.fromEntries(all);
}

const list = async (server: OctopusServer, kind: string) =>
  (await server.call('GET', `/api/${kind}/all`)).json as unknown as Json[];

const named = async (server: OctopusServer, kind: string, name: string) => {
  const found = (await list(server, kind)).find((one) => one['Name'] === name);
  if (found === undefined) throw new Error(`no ${name} in ${kind}`);
  return found;
};

const variablesOf = async (server: OctopusServer, owner: Json) =>
  (await server.call('GET', `/api/variables/${String(owner['VariableSetId'])}`)).json['Variables'] as Json[];

test('an imported project refers to the documents of the target with the same names', async () => {
  await exportTo(source, target, { Projects: ['Web Shop'] });
  const production = await named(target, 'environments', 'Production');
  const { task, log } = await importInto(target);
  expect({ state: task['State'], log }).toMatchObject({ state: 'Success' });
  const shop = await named(target, 'projects', 'Web Shop');
  expect(shop['Id']).not.toBe('Projects-1');
  expect(shop['LifecycleId']).toBe((await named(target, 'lifecycles', 'Standard Promotion'))['Id']);
  expect(shop['ProjectGroupId']).toBe((await named(target, 'projectgroups', 'Storefront'))['Id']);
  const host = (await variablesOf(target, shop)).find((one) => one['Value'] === 'shop.acme.example');
  expect(host?.['Scope']).toEqual({ Environment: [production['Id']] });
  const certificate = (await variablesOf(target, shop)).find((one) => one['Name'] === 'Site.Certificate');
  expect(certificate?.['Value']).toBe((await named(target, 'certificates', 'Web Shop TLS'))['Id']);
  expect((await named(target, 'environments', 'Production'))['Id']).toBe(production['Id']);
  const releases = (await target.call('GET', `/api/projects/${String(shop['Id'])}/releases`)).json;
  expect((releases['Items'] as Json[]).map((one) => one['Version']).toSorted()).toEqual(['2.3.0', '2.4.0', '2.4.1']);
  const deployments = (await list(target, 'deployments')).filter((one) => one['ProjectId'] === shop['Id']);
  expect(deployments.length).toBeGreaterThan(3);
  for (const deployment of deployments) {
    const deployed = await target.call('GET', `/api/tasks/${String(deployment['TaskId'])}`);
    expect(deployed.json).toMatchObject({ Name: 'Deploy', ProjectId: shop['Id'] });
  }
});

test('sensitive values are imported: another export has the same ones', async () => {
  await exportTo(source, target, { Projects: ['Billing'] });
  await importInto(target);
  const third = await startServer({ sample: false });
  const started = await target.call('POST', '/api/migrations/partialexport', {
    json: {
      ...id,
      PackageVersion: '2.0.0',
      Password: 'another',
      Projects: ['Billing'],
      DestinationPackageFeed: third.url,
      DestinationApiKey: third.apiKey,
    },
  });
  await target.finished(String(started.json['TaskId']));
  const raw = await fetch(`${third.url}/api/packages/Acme.Move.2.0.0/raw?apikey=${third.apiKey}`);
  const text = (await unzipped(Buffer.from(await raw.arrayBuffer())))
    .map(({ data }) => Buffer.from(data).toString())
    .join('');
  const clear = [...text.matchAll(/"([A-Za-z0-9+/=]+\|[A-Za-z0-9+/=]+)"/g)].map(([, value]) =>
    decryptValue(deriveKey('another'), value!),
  );
  expect(clear).toEqual(
    expect.arrayContaining(['sample-billing-signing-key', 'sample-azure-password', 'sample-payment-secret']),
  );
});

/** Gives the region of the target's library set another value than that of the source. */
async function moveRegion(): Promise<void> {
  const set = await named(target, 'libraryvariablesets', 'Acme Common');
  const path = `/api/variables/${String(set['VariableSetId'])}`;
  const { json } = await target.call('GET', path);
  const variables = (json['Variables'] as Json[]).map((one) =>
    one['Name'] === 'Acme.Region' ? { ...one, Value: 'eu-production' } : one,
  );
  expect(await target.call('PUT', path, { json: { ...json, Variables: variables } })).toMatchObject({ status: 200 });
}

test('by default existing documents are skipped, and variable sets get new variables', async () => {
  await moveRegion();
  await exportTo(source, target, { Projects: ['Image Service'] });
  const before = await snapshot(target);
  const own = await named(target, 'projects', 'Image Service');
  const { log } = await importInto(target);
  expect(log).toMatch(/Skipped Project 'Image Service', which exists as Projects-\d+/);
  expect(await named(target, 'projects', 'Image Service')).toEqual(own);
  const values = await variablesOf(target, own);
  expect(
    values.map((one) => [
      one['Name'],
      typeof one['Value'] === 'string' && one['Value'].startsWith('Accounts-') ? 'account' : one['Value'],
    ]),
  ).toEqual([
    ['Images.Bucket', 'acme-images-production'],
    ['Images.Account', 'account'],
  ]);
  const common = await variablesOf(target, await named(target, 'libraryvariablesets', 'Acme Common'));
  expect(common.slice(0, 2).map((one) => [one['Name'], one['Value']])).toEqual([
    ['Acme.Region', 'eu-production'],
    ['Acme.Cluster', 'blue'],
  ]);
  const after = await snapshot(target);
  for (const kind of ['environments', 'lifecycles', 'projects']) expect(after[kind]).toEqual(before[kind]);
});

test('overwriting replaces whole documents, which keep their ids, and merges variable sets', async () => {
  await moveRegion();
  await exportTo(source, target, { Projects: ['Image Service'] });
  const own = await named(target, 'projects', 'Image Service');
  const { task, log } = await importInto(target, { OverwriteExisting: true });
  expect({ state: task['State'], log }).toMatchObject({ state: 'Success' });
  const after = await named(target, 'projects', 'Image Service');
  expect(after).toMatchObject({ Id: own['Id'], Description: 'Product pictures in all sizes' });
  const process = (await target.call('GET', `/api/deploymentprocesses/${String(after['DeploymentProcessId'])}`)).json;
  expect((process['Steps'] as Json[]).map((one) => one['Name'])).toEqual(['Deploy']);
  const common = await variablesOf(target, await named(target, 'libraryvariablesets', 'Acme Common'));
  expect(common.find((one) => one['Name'] === 'Acme.Region')).toMatchObject({ Value: 'eu-central' });
  expect(common.find((one) => one['Name'] === 'Acme.Cluster')).toMatchObject({ Value: 'blue' });
  expect((await list(target, 'projects')).map((one) => one['Name'])).toEqual([
    'Image Service',
    'Returns Portal',
    'Store Kiosk',
  ]);
});

test('a dry run changes nothing and logs what the real run does', async () => {
  await exportTo(source, target, { Projects: ['Web Shop', 'Image Service'] });
  const before = await snapshot(target);
  const dryRun = await importInto(target, { IsDryRun: true, DeletePackageOnCompletion: true });
  expect(dryRun.task['State']).toBe('Success');
  expect(await snapshot(target)).toEqual(before);
  const real = await importInto(target);
  const lines = (log: string) =>
    log
      .split('\r\n')
      .map((line) => line.slice(21).trim())
      .filter((line) => /^(Created|Skipped|Merged) /.test(line))
      .map((line) => line.replace(/ServerTasks-\d+/, 'a task'));
  expect(lines(dryRun.log).length).toBeGreaterThan(20);
  expect(lines(real.log)).toEqual(lines(dryRun.log));
});

test('an import that is repeated creates nothing', async () => {
  await exportTo(source, target, { Projects: ['Web Shop', 'Billing'], IncludeTaskLogs: true });
  await importInto(target);
  const before = await snapshot(target);
  const { task, log } = await importInto(target);
  expect(task['State']).toBe('Success');
  expect(log).toMatch(/Committed: 0 created, 0 overwritten, \d+ merged, \d+ skipped/);
  const ignoringVersion = (value: unknown) =>
    JSON.stringify(value, (name, one: unknown) => (name === 'Version' && typeof one === 'number' ? 0 : one));
  expect(ignoringVersion(await snapshot(target))).toEqual(ignoringVersion(before));
});

test('task logs are imported', async () => {
  await exportTo(source, target, { Projects: ['Search'], IncludeTaskLogs: true });
  await importInto(target);
  const tasks = (await target.call('GET', '/api/tasks?partialName=Search')).json['Items'] as Json[];
  const raw = await target.call('GET', `/api/tasks/${String(tasks[0]!['Id'])}/raw`);
  expect(raw.text).toContain('Step: Deploy');
});

test('a space that the target does not have is made', async () => {
  await exportTo(source, target, { Projects: ['Prototype'], SpaceId: 'Spaces-2' });
  const { task, log } = await importInto(target);
  expect({ state: task['State'], log }).toMatchObject({ state: 'Success' });
  const projects = await target.call('GET', '/api/spaces/innovation-lab/projects/all');
  expect(projects.json).toMatchObject([{ Name: 'Prototype' }]);
});

test('the package is deleted after success, and kept after failure', async () => {
  await exportTo(source, target, { Projects: ['Search'] });
  await importInto(target, { Password: 'wrong', DeletePackageOnCompletion: true });
  expect((await target.call('GET', '/api/packages/Acme.Move.1.0.0')).status).toBe(200);
  await importInto(target, { DeletePackageOnCompletion: true });
  expect((await target.call('GET', '/api/packages/Acme.Move.1.0.0')).status).toBe(404);
});

/** Downloads the package, changes its files and puts it back. */
async function tamper(
  server: OctopusServer,
  change: (name: string, document: Json) => Json | undefined,
): Promise<void> {
  const raw = await fetch(`${server.url}/api/packages/Acme.Move.1.0.0/raw?apikey=${server.apiKey}`);
  const before = await unzipped(Buffer.from(await raw.arrayBuffer()));
  const members = before.flatMap(({ name, data }) => {
    const changed = change(name, JSON.parse(Buffer.from(data).toString()) as Json);
    return changed === undefined ? [] : [{ name, data: Buffer.from(JSON.stringify(changed)) }];
  });
  const stored = await server.upload(
    '/api/packages/raw?overwriteMode=OverwriteExisting',
    'Acme.Move.1.0.0.zip',
    await collected(writeZip(members)),
  );
  expect(stored.status).toBe(201);
}

describe('an import fails and changes nothing', () => {
  const expectFailure = async (request: Json, text: string | RegExp) => {
    const before = await snapshot(target);
    const { task, log } = await importInto(target, request);
    expect(task).toMatchObject({ State: 'Failed', HasWarningsOrErrors: true });
    expect(task['ErrorMessage']).toBeTruthy();
    expect(log).toContain('Failed to perform the space-import migration.');
    expect(log).toMatch(text);
    expect(await snapshot(target)).toEqual(before);
  };

  test('without its package', async () => {
    await expectFailure({}, /could not be found/);
  });

  test('with a wrong password', async () => {
    await exportTo(source, target, { Projects: ['Search'] });
    await expectFailure({ Password: 'wrong' }, /password/);
  });

  test('for an encrypted package that is imported as a plain one', async () => {
    await exportTo(source, target, { Projects: ['Search'], EncryptPackage: true });
    await expectFailure({}, /set IsEncryptedPackage/);
    await expectFailure({ IsEncryptedPackage: true, Password: 'wrong' }, /password/i);
    expect((await importInto(target, { IsEncryptedPackage: true })).task['State']).toBe('Success');
  });

  test('for a plain package that is imported as an encrypted one', async () => {
    await exportTo(source, target, { Projects: ['Search'] });
    await expectFailure({ IsEncryptedPackage: true }, /not encrypted/);
  });

  test('for a package of another version', async () => {
    const older = await startServer({ version: '2022.4.8332-beta.1' });
    await exportTo(older, target, { Projects: ['Search'] });
    await expectFailure({}, /version 2022\.4\.8332, but this server is version 2023\.1\.9626/);
  });

  test('for a file that is not a package', async () => {
    await target.upload('/api/packages/raw', 'Acme.Move.1.0.0.zip', 'not a zip');
    await expectFailure({}, /could not be extracted/);
  });

  test('with a reference to a document that does not exist', async () => {
    await exportTo(source, target, { Projects: ['Web Shop'] });
    await tamper(target, (name, document) =>
      name.startsWith('DeploymentProcesses/') && !name.includes('-s-')
        ? { ...document, Missing: 'ActionTemplateVersions-7' }
        : document,
    );
    await expectFailure(
      {},
      /Missing dependency ActionTemplateVersions-7[\s\S]*1 errors were encountered[\s\S]*The transaction will be rolled back/,
    );
  });

  test('with a document that was left out of the package', async () => {
    await exportTo(source, target, { Projects: ['Web Shop'] });
    await tamper(target, (name, document) => (name === 'Lifecycles/Hotfix.json' ? undefined : document));
    await expectFailure({}, /Missing dependency Lifecycles-\d+/);
  });
});

test('a package with only metadata and one short document is imported', async () => {
  await exportTo(source, target, { Projects: ['Search'] });
  await tamper(target, (name, document) => {
    if (name === 'metadata.json') return document;
    return name === 'Environments/Test.json' ? { Id: 'Environments-77', Name: 'Playground' } : undefined;
  });
  const { task, log } = await importInto(target);
  expect({ state: task['State'], log }).toMatchObject({ state: 'Success' });
  expect(await named(target, 'environments', 'Playground')).toMatchObject({ SpaceId: 'Spaces-1' });
});
