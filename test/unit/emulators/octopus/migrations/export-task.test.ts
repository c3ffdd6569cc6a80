import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { afterEach, describe, expect, test } from '@jest/globals';
import { decryptPackage, decryptValue, deriveKey } from '../../../../../src/emulators/octopus/migrations/encryption.ts';
import { collected, unzipped } from '../../shared/zip-bytes.ts';
import { publisherKey, startServer, stopServers, type Json, type OctopusServer } from '../octopus-server.ts';

afterEach(stopServers);

const Password = 'correct horse battery staple';
const key = deriveKey(Password);

async function download(server: OctopusServer, id: string, space = 'Spaces-1'): Promise<Buffer> {
  const response = await fetch(`${server.url}/api/${space}/packages/packages-${id}/raw`, {
    headers: { 'X-Octopus-ApiKey': server.apiKey },
  });
  expect(response.status).toBe(200);
  return Buffer.from(await response.arrayBuffer());
}

async function run(server: OctopusServer, request: Json) {
  const started = await server.call('POST', '/api/migrations/partialexport', {
    json: { Password, PackageId: 'Acme.Move', PackageVersion: '1.0.0', ...request },
  });
  expect(started.status).toBe(200);
  return server.finished(String(started.json['TaskId']));
}

async function exported(server: OctopusServer, request: Json): Promise<ReadonlyMap<string, Json>> {
  const { task, log } = await run(server, request);
  expect({ state: task['State'], log }).toMatchObject({ state: 'Success' });
  const bytes = await download(server, 'Acme.Move.1.0.0');
  const members = await unzipped(bytes);
  return new Map(members.map(({ name, data }) => [name, JSON.parse(Buffer.from(data).toString()) as Json]));
}

const folders = (files: ReadonlyMap<string, unknown>) => [
  ...new Set([...files.keys()].map((name) => name.split('/')[0])),
];
const inside = (files: ReadonlyMap<string, unknown>, folder: string) =>
  [...files.keys()].filter((name) => name.startsWith(`${folder}/`));

describe('the package of an export', () => {
  test('does not follow what a client sends back of the scopes that variables could have', async () => {
    const server = await startServer();
    const before = await exported(server, { Projects: ['Web Shop'] });
    const projects = (await server.call('GET', '/api/Spaces-1/projects?name=Web Shop')).json['Items'] as Json[];
    const path = `/api/Spaces-1/variables/${String(projects[0]!['VariableSetId'])}`;
    const set = (await server.call('GET', path)).json;
    const scopes = set['ScopeValues'] as Record<string, Json[]>;
    expect(scopes['Machines']!.length).toBeGreaterThan(inside(before, 'Machines').length);
    expect((await server.call('PUT', path, { json: set })).status).toBe(200);
    await server.call('DELETE', '/api/Spaces-1/packages/packages-Acme.Move.1.0.0');
    const after = await exported(server, { Projects: ['Web Shop'] });
    expect([...after.keys()].toSorted()).toEqual([...before.keys()].toSorted());
  });

  test('has metadata with an encrypted test value, and one file per document', async () => {
    const server = await startServer();
    const files = await exported(server, { Projects: ['web shop '] });
    const metadata = files.get('metadata.json')!;
    expect(Object.keys(metadata)).toEqual(['$type', 'Id', 'Name', 'Created', 'DatabaseVersion', 'Hello']);
    expect(metadata).toMatchObject({
      $type: 'Octopus.Migrator.Core.ExportProcess.ServerMetadata, Octopus.Migrator.Core',
      DatabaseVersion: '2023.1.9626',
    });
    expect(decryptValue(key, String(metadata['Hello']))).toBe('Hello');
    const project = files.get('Projects/Web Shop.json')!;
    expect(Object.keys(project).slice(0, 3)).toEqual(['$type', 'Id', 'Name']);
    expect(folders(files).toSorted()).toEqual(
      [
        'Channels',
        'Certificates',
        'DeploymentProcesses',
        'Deployments',
        'Environments',
        'LibraryVariableSets',
        'Lifecycles',
        'MachinePolicies',
        'Machines',
        'ProjectGroups',
        'Projects',
        'Releases',
        'ServerTasks',
        'Spaces',
        'Variables',
        'metadata.json',
      ].toSorted(),
    );
    expect(inside(files, 'Environments').toSorted()).toEqual(
      ['Development', 'Production', 'Staging', 'Test'].map((name) => `Environments/${name}.json`),
    );
    // Files of certificates are named by id, because their names are not unique.
    expect(inside(files, 'Certificates')).toEqual([expect.stringMatching(/^Certificates\/Certificates-\d+\.json$/)]);
    expect(inside(files, 'Projects')).toHaveLength(1);
  });

  test('has sensitive values only in encrypted form', async () => {
    const server = await startServer();
    const files = await exported(server, { Projects: ['Billing'] });
    const variables = files.get('Variables/variableset-Projects-5.json')!['Variables'] as Json[];
    const signing = variables.find((one) => one['Name'] === 'Billing.SigningKey')!;
    expect(decryptValue(key, String(signing['Value']))).toBe('sample-billing-signing-key');
    expect(decryptValue(deriveKey('other'), String(signing['Value']))).not.toBe('sample-billing-signing-key');
    const account = files.get('Accounts/Azure Production.json')!;
    expect(decryptValue(key, String((account['Password'] as Json)['Value']))).toBe('sample-azure-password');
    expect(JSON.stringify([...files.values()])).not.toMatch(
      /sample-(billing|azure|database|payment)|\$sensitive|\$permissions/,
    );
  });

  test('leaves out other projects, even those of the same tenants', async () => {
    const files = await exported(await startServer(), { Projects: ['Billing'] });
    const tenant = files.get('Tenants/Northwind.json')!;
    expect(Object.keys(tenant['ProjectEnvironments'] as Json)).toEqual(['Projects-5']);
    expect(inside(files, 'TagSets')).toHaveLength(2);
    expect(inside(files, 'Projects')).toEqual(['Projects/Billing.json']);
  });

  test.each([
    ['IgnoreCertificates', ['Certificates']],
    ['IgnoreMachines', ['Machines', 'MachinePolicies']],
    ['IgnoreDeployments', ['Deployments', 'ServerTasks']],
    ['IgnoreTenants', ['Tenants', 'TagSets']],
  ])('leaves out documents for %s', async (flag, absent) => {
    const server = await startServer();
    const all = await exported(server, { Projects: ['Web Shop', 'Billing'], PackageVersion: '1.0.0' });
    await server.call('DELETE', '/api/packages/packages-Acme.Move.1.0.0');
    const some = await exported(server, { Projects: ['Web Shop', 'Billing'], [flag]: 'True' });
    expect(
      folders(all)
        .filter((folder) => !folders(some).includes(folder))
        .toSorted(),
    ).toEqual(absent.toSorted());
    expect(inside(some, 'Releases')).toHaveLength(6);
  });

  test('has task logs on request', async () => {
    const server = await startServer();
    const files = await exported(server, { Projects: ['Search'], IncludeTaskLogs: true });
    expect(inside(files, 'TaskLogs')).toHaveLength(inside(files, 'ServerTasks').length);
    expect(inside(files, 'TaskLogs').length).toBeGreaterThan(0);
  });

  test('is encrypted as a whole on request', async () => {
    const server = await startServer();
    const { task } = await run(server, { Projects: ['Search'], EncryptPackage: true });
    expect(task['State']).toBe('Success');
    const bytes = await download(server, 'Acme.Move.1.0.0');
    expect(bytes.subarray(0, 4).toString()).toBe('IV__');
    expect(bytes.includes('Projects/')).toBe(false);
    const clear = await collected(decryptPackage(key, Readable.from([bytes])));
    expect((await unzipped(clear)).map(({ name }) => name)).toContain('Projects/Search.json');
  });

  test('can be of another space, and is stored in the feed of that space', async () => {
    const server = await startServer();
    const { task } = await run(server, { Projects: ['Prototype'], SpaceId: 'Spaces-2' });
    expect(task['State']).toBe('Success');
    const members = await unzipped(await download(server, 'Acme.Move.1.0.0', 'Spaces-2'));
    const names = members.map(({ name }) => name);
    expect(names).toContain('Spaces/Innovation Lab.json');
    expect(names).toContain('Projects/Prototype.json');
  });
});

describe('the task of an export', () => {
  test('fails and names every missing project', async () => {
    const server = await startServer();
    const { task, log } = await run(server, { Projects: ['Nope', 'Web Shop', 'Neither'] });
    expect(task).toMatchObject({ State: 'Failed', HasWarningsOrErrors: true, FinishedSuccessfully: false });
    expect(task['ErrorMessage']).toContain("'Nope'");
    expect(log).toContain('Failed to perform the space-partial-export migration.');
    expect(log).toContain("'Neither'");
    expect((await server.call('GET', '/api/packages')).json['TotalResults']).toBe(0);
  });

  test('shows its package but not its password, and leaves no password in the state', async () => {
    const server = await startServer();
    const { task, log } = await run(server, { Projects: ['Search'] });
    expect(task['Arguments']).toEqual({ PackageId: 'Acme.Move', PackageVersion: '1.0.0' });
    const details = await server.call('GET', `/api/tasks/${String(task['Id'])}/details`);
    for (const text of [JSON.stringify(task), log, details.text]) expect(text).not.toContain(Password);
  });

  test('fails for a second export of the same version', async () => {
    const server = await startServer();
    await run(server, { Projects: ['Search'] });
    expect((await run(server, { Projects: ['Search'] })).task['State']).toBe('Failed');
  });
});

describe('the push', () => {
  test('goes to the named space of the other server with a publisher’s key', async () => {
    const [source, target] = await Promise.all([startServer(), startServer()]);
    const { task, log } = await run(source, {
      Projects: ['Search'],
      DestinationPackageFeed: `${target.url}/`,
      DestinationApiKey: publisherKey,
      DestinationPackageFeedSpaceId: 'Spaces-2',
    });
    expect({ state: task['State'], log }).toMatchObject({ state: 'Success' });
    const stored = await target.call('GET', '/api/Spaces-2/packages/Acme.Move.1.0.0');
    const bytes = await download(target, 'Acme.Move.1.0.0', 'Spaces-2');
    expect(stored.json).toMatchObject({
      PackageSizeBytes: bytes.length,
      Hash: createHash('sha1').update(bytes).digest('hex'),
    });
    // It is pushed instead of kept.
    expect((await source.call('GET', '/api/packages')).json['TotalResults']).toBe(0);
    expect(log).not.toContain(publisherKey);
  });

  test.each([
    ['a wrong key', 401, { DestinationApiKey: 'API-WRONG' }],
    ['no key', 401, {}],
  ])('fails with %s', async (_, status, request) => {
    const [source, target] = await Promise.all([startServer(), startServer()]);
    const { task, log } = await run(source, { Projects: ['Search'], DestinationPackageFeed: target.url, ...request });
    expect(task['State']).toBe('Failed');
    expect(log).toContain(`HTTP ${status}`);
  });

  test('fails when no server listens', async () => {
    const [source, target] = await Promise.all([startServer(), startServer()]);
    await target.close();
    const { task } = await run(source, { Projects: ['Search'], DestinationPackageFeed: target.url });
    expect(task).toMatchObject({ State: 'Failed', ErrorMessage: 'Error while copying content to a stream.' });
  });
});

describe('a callback', () => {
  let listener: Server;
  const called: string[] = [];
  const listen = async () => {
    called.length = 0;
    listener = createServer((request, response) => {
      called.push(`${request.method ?? ''} ${request.url ?? ''}`);
      response.end();
    });
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
  };
  const wait = async () => {
    while (called.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  afterEach(() => {
    listener.close();
  });

  test('after success has id and version in its URL', async () => {
    const url = await listen();
    await run(await startServer(), {
      Projects: ['Search'],
      SuccessCallbackUri: `${url}/ok?x=1`,
      FailureCallbackUri: `${url}/bad`,
    });
    await wait();
    expect(called).toEqual(['GET /ok?x=1&packageId=Acme.Move&packageVersion=1.0.0']);
  });

  test('after failure has the unchanged URL', async () => {
    const url = await listen();
    await run(await startServer(), {
      Projects: ['Nope'],
      SuccessCallbackUri: `${url}/ok`,
      FailureCallbackUri: `${url}/bad`,
    });
    await wait();
    expect(called).toEqual(['GET /bad']);
  });
});
