// What an import does with each document: the rules of Projects Export/Import, read off the target.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { decryptValue, deriveKey } from '../../../../../src/emulators/octopus/migrations/encryption.ts';
import { startServer, stopServers, type Json, type OctopusServer } from '../octopus-server.ts';
import { makeCompany, secret } from './company.ts';
import { byName, documentOf, exportedZip, imported, importedWell, made, namesOf, password } from './space-pair.ts';

let source: OctopusServer;
let target: OctopusServer;
let shop: Buffer;
let fresh: string;
beforeAll(async () => {
  [source, target] = await Promise.all([
    startServer({ sample: false }),
    startServer({ sample: false, version: '2024.1.5' }),
  ]);
  await makeCompany(source);
  shop = await exportedZip(source, ['Shop']);
  fresh = await newSpace('Fresh');
  await importedWell(target, shop, fresh);
});
afterAll(stopServers);

/** A space of its own for a case, with what it has before the import. */
async function newSpace(name: string): Promise<string> {
  return String((await made(target, 'POST', '/api/spaces', { Name: name }))['Id']);
}

const read = async (path: string): Promise<Json> => (await target.call('GET', path)).json;

async function variablesOf(kind: string, name: string, space: string): Promise<readonly Json[]> {
  const owner = await byName(target, kind, name, space);
  return (await read(`/api/${space}/variables/${String(owner['VariableSetId'])}`))['Variables'] as readonly Json[];
}

describe('into an empty space', () => {
  test('everything that travels is there, and nothing else', async () => {
    const names = async (kind: string) => namesOf(target, kind, fresh);
    expect(await names('projects')).toEqual(['Shop']);
    expect(await names('environments')).toEqual(['Production', 'Staging']);
    expect(await names('lifecycles')).toEqual(['Default Lifecycle', 'Two Steps']);
    expect(await names('projectgroups')).toEqual(['Apps', 'Default Project Group']);
    expect(await names('accounts')).toEqual(['Deployer']);
    expect(await names('certificates')).toEqual(['Shop TLS']);
    expect(await names('feeds')).toEqual(['Hub', 'Octopus Server (built-in)']);
    expect(await names('workerpools')).toEqual(['Builders', 'Default Worker Pool']);
    expect(await names('actiontemplates')).toEqual(['Notify']);
    expect(await names('libraryvariablesets')).toEqual(['Common']);
    expect(await names('tenants')).toEqual(['Acme']);
    expect(await names('channels')).toEqual(['Default']);
    expect(await names('runbooks')).toEqual(['Restart']);
    expect((await read(`/api/${fresh}/releases`))['TotalResults']).toBe(1);
    expect((await read(`/api/${fresh}/deployments`))['TotalResults']).toBe(1);
  });

  test('references lead to the documents of the space', async () => {
    const id = async (kind: string, name: string) => (await byName(target, kind, name, fresh))['Id'];
    const project = await byName(target, 'projects', 'Shop', fresh);
    expect(project).toMatchObject({
      SpaceId: fresh,
      LifecycleId: await id('lifecycles', 'Two Steps'),
      ProjectGroupId: await id('projectgroups', 'Apps'),
      IncludedLibraryVariableSetIds: [await id('libraryvariablesets', 'Common')],
      VariableSetId: `variableset-${String(project['Id'])}`,
    });
    const production = await id('environments', 'Production');
    expect(await variablesOf('projects', 'Shop', fresh)).toMatchObject([
      { Name: 'Host', Value: 'live', Scope: { Environment: [production] }, IsSensitive: false },
      { Name: 'Account', Value: await id('accounts', 'Deployer') },
      { Name: 'Certificate', Value: await id('certificates', 'Shop TLS') },
      { Name: 'Key', Value: null, IsSensitive: true },
    ]);
    const process = await read(`/api/${fresh}/deploymentprocesses/deploymentprocess-${String(project['Id'])}`);
    expect(process['Steps']).toMatchObject([
      { Actions: [{ Properties: { 'Octopus.Action.Template.Id': await id('actiontemplates', 'Notify') } }] },
      {
        Actions: [
          { WorkerPoolId: await id('workerpools', 'Builders'), Container: { FeedId: await id('feeds', 'Hub') } },
        ],
      },
    ]);
    expect((await byName(target, 'tenants', 'Acme', fresh))['ProjectEnvironments']).toEqual({
      [String(project['Id'])]: [production],
    });
    const settings = await read(`/api/${fresh}/projects/${String(project['Id'])}/deploymentsettings`);
    expect(settings['VersioningStrategy']).toMatchObject({ Template: expect.stringContaining('NextPatch') });
  });

  test('the values of tenants and all secrets have arrived', async () => {
    const again = await exportedZip(target, ['Shop'], fresh);
    const key = deriveKey(password);
    const project = await byName(target, 'projects', 'Shop', fresh);
    const variables = (await documentOf(again, String(project['VariableSetId'])))['Variables'] as readonly Json[];
    expect(decryptValue(key, String(variables.find(({ Name }) => Name === 'Key')!['Value']))).toBe(secret);
    const clear = (value: unknown) => decryptValue(key, String((value as Json)['SensitiveValue']));
    const account = await byName(target, 'accounts', 'Deployer', fresh);
    expect(clear((await documentOf(again, String(account['Id'])))['Password'])).toBe(secret);
    const values = await Promise.all([1, 2, 3].map((number) => documentOf(again, `TenantVariables-${number}`)));
    const of = (template: string) => values.find((one) => one['VariableTemplateId'] === template)!['Value'];
    expect([of('t1'), clear(of('t2')), of('c1')]).toEqual(['red', secret, 'acme@example.org']);
  });

  test('a deployment has its task without a log, and the task is found by its environment', async () => {
    const [deployment] = (await read(`/api/${fresh}/deployments`))['Items'] as readonly Json[];
    const tasks = await read(`/api/${fresh}/tasks?environment=${String(deployment!['EnvironmentId'])}&name=Deploy`);
    expect(tasks['Items']).toMatchObject([{ Id: deployment!['TaskId'], State: 'Success' }]);
    expect((await read(`/api/${fresh}/tasks/${String(deployment!['TaskId'])}/details`))['ActivityLogs']).toEqual([]);
  });

  test('a runbook has its published snapshot and its run', async () => {
    const runbook = await byName(target, 'runbooks', 'Restart', fresh);
    const [snapshot] = (await read(`/api/${fresh}/runbookSnapshots`))['Items'] as readonly Json[];
    expect(snapshot).toMatchObject({ Name: 'First', RunbookId: runbook['Id'] });
    expect(runbook['PublishedRunbookSnapshotId']).toBe(snapshot!['Id']);
    const frozen = await read(`/api/${fresh}/runbookProcesses/${String(snapshot!['FrozenRunbookProcessId'])}`);
    expect(frozen).toMatchObject({ OwnerId: runbook['Id'], IsFrozen: true });
    const [run] = (await read(`/api/${fresh}/runbookRuns`))['Items'] as readonly Json[];
    expect(run).toMatchObject({ RunbookSnapshotId: snapshot!['Id'] });
    const tasks = await read(`/api/${fresh}/tasks?environment=${String(run!['EnvironmentId'])}&name=RunbookRun`);
    expect(tasks['Items']).toMatchObject([{ Id: run!['TaskId'] }]);
  });

  test('a dynamic worker pool becomes a static one outside of Octopus Cloud', async () => {
    expect((await byName(target, 'workerpools', 'Builders', fresh))['WorkerPoolType']).toBe('StaticWorkerPool');
  });
});

describe('into a space that has some of it', () => {
  test('a project that is there is left alone, and the log says so', async () => {
    const before = await byName(target, 'projects', 'Shop', fresh);
    const variables = await variablesOf('projects', 'Shop', fresh);
    await made(source, 'PUT', `/api/projects/${String((await byName(source, 'projects', 'Site'))['Id'])}`, {
      ...(await byName(source, 'projects', 'Site')),
      Description: 'moved later',
    });
    const log = await importedWell(target, await exportedZip(source, ['Shop', 'Site']), fresh);
    expect(log).toMatch(/Info {5}\| {3}Project 'Shop' already exists in this space and was not imported/);
    expect(await byName(target, 'projects', 'Shop', fresh)).toEqual(before);
    expect(await variablesOf('projects', 'Shop', fresh)).toEqual(variables);
    expect(await namesOf(target, 'channels', fresh)).toEqual(['Default', 'Default']);
    expect((await read(`/api/${fresh}/releases`))['TotalResults']).toBe(1);
    expect((await byName(target, 'projects', 'Site', fresh))['Description']).toBe('moved later');
  });

  test('a tenant is not connected to a project that is left alone', async () => {
    const space = await newSpace('Own shop');
    await made(target, 'POST', `/api/${space}/projects`, { Name: 'Shop' });
    await importedWell(target, shop, space);
    expect((await byName(target, 'tenants', 'Acme', space))['ProjectEnvironments']).toEqual({});
    expect(await namesOf(target, 'accounts', space)).toEqual(['Deployer']);
  });

  test('shared documents of the same name are used as they are', async () => {
    const space = await newSpace('Own things');
    const own = (path: string, json: Json) => made(target, 'POST', `/api/${space}/${path}`, json);
    await own('environments', { Name: 'production', Description: 'ours' });
    const lifecycle = await own('lifecycles', { Name: 'Two Steps', Phases: [] });
    const account = await own('accounts', { Name: 'Deployer', AccountType: 'Token', Username: 'ours' });
    await importedWell(target, shop, space);
    expect(await namesOf(target, 'environments', space)).toEqual(['Staging', 'production']);
    expect((await byName(target, 'environments', 'production', space))['Description']).toBe('ours');
    expect((await byName(target, 'lifecycles', 'Two Steps', space))['Phases']).toEqual([]);
    expect((await byName(target, 'accounts', 'Deployer', space))['Username']).toBe('ours');
    expect((await byName(target, 'projects', 'Shop', space))['LifecycleId']).toBe(lifecycle['Id']);
    expect((await variablesOf('projects', 'Shop', space))[1]).toMatchObject({ Value: account['Id'] });
  });

  test('variable sets merge: the same name and scope keeps the value that is there', async () => {
    const space = await newSpace('Merged sets');
    const set = await made(target, 'POST', `/api/${space}/libraryvariablesets`, { Name: 'Common', Templates: [] });
    const path = `/api/${space}/variables/${String(set['VariableSetId'])}`;
    const own = { Name: 'Region', Value: 'us', Type: 'String', Scope: {} };
    await made(target, 'PUT', path, { ...(await read(path)), Variables: [own, { ...own, Name: 'Ours' }] });
    const { task, log } = await imported(target, shop, space);
    expect(task['State']).toBe('Success');
    const merged = await variablesOf('libraryvariablesets', 'Common', space);
    const production = (await byName(target, 'environments', 'Production', space))['Id'];
    expect(merged).toMatchObject([
      { Name: 'Region', Value: 'us' },
      { Name: 'Ours' },
      { Name: 'Region', Value: 'eu-live', Scope: { Environment: [production] } },
      { Name: 'Token', Type: 'Sensitive', Value: null },
    ]);
    // The set that is there has no template for the tenant's value.
    expect(log).toMatch(/Warning {2}\| {3}A value of Tenant 'Acme' was not imported: 'Common' has no such template/);
  });

  test('tenants keep their connections and get those of the new projects', async () => {
    const space = await newSpace('Merged tenants');
    const other = await made(target, 'POST', `/api/${space}/projects`, { Name: 'Other' });
    const here = await made(target, 'POST', `/api/${space}/environments`, { Name: 'Here' });
    const links = { [String(other['Id'])]: [here['Id']] };
    await made(target, 'POST', `/api/${space}/tenants`, {
      Name: 'Acme',
      Description: 'ours',
      ProjectEnvironments: links,
    });
    await importedWell(target, shop, space);
    const tenant = await byName(target, 'tenants', 'Acme', space);
    const project = await byName(target, 'projects', 'Shop', space);
    const production = await byName(target, 'environments', 'Production', space);
    expect(tenant).toMatchObject({ Description: 'ours' });
    expect(tenant['ProjectEnvironments']).toEqual({ ...links, [String(project['Id'])]: [production['Id']] });
  });

  test.each([
    [2, 'echo three', 3],
    [5, 'echo ours', 5],
  ])('a step template of version %i ends as %j, version %i', async (version, body, after) => {
    const space = await newSpace(`Templates ${version}`);
    const Properties = { 'Octopus.Action.Script.ScriptBody': 'echo ours' };
    const own = { Name: 'Notify', ActionType: 'Octopus.Script', Version: version, Properties };
    const { Id } = await made(target, 'POST', `/api/${space}/actiontemplates`, own);
    await importedWell(target, shop, space);
    const [template] = JSON.parse((await target.call('GET', `/api/${space}/actiontemplates/all`)).text) as Json[];
    expect(template).toMatchObject({ Id, Version: after, Properties: { 'Octopus.Action.Script.ScriptBody': body } });
  });
});

test('an import that fails leaves nothing', async () => {
  const space = await newSpace('Untouched');
  const set = await byName(source, 'libraryvariablesets', 'Common');
  const path = `/api/variables/${String(set['VariableSetId'])}`;
  const before = (await source.call('GET', path)).json;
  const lost = { Name: 'Lost', Value: 'Accounts-404', Type: 'UsernamePasswordAccount' };
  const changed = await made(source, 'PUT', path, {
    ...before,
    Variables: [...(before['Variables'] as Json[]).filter(({ Name }) => Name !== 'Token'), lost],
  });
  const { task, log } = await imported(target, await exportedZip(source, ['Shop']), space);
  expect(task['State']).toBe('Failed');
  expect(log).toMatch(
    /Found unmapped Ids in document 'Variables variableset-LibraryVariableSets-\d+-[0-9A-F]{32}' \(Octopus\.Core\.Model\.Variables\.LibraryVariables\): "Value": "Accounts-404-[0-9A-F]{32}", "RelatedDocumentIds"/,
  );
  expect(log).toContain("Reference path: Project 'Shop' => Library Variable Set 'Common'");
  expect(await namesOf(target, 'projects', space)).toEqual([]);
  expect(await namesOf(target, 'environments', space)).toEqual([]);
  await made(source, 'PUT', path, { ...before, Version: changed['Version'] });
});

describe('other servers', () => {
  test('a newer one takes the export, an older one refuses it while it validates', async () => {
    const older = await startServer({ sample: false, version: '2022.4.8332' });
    const { task, log } = await imported(older, shop);
    expect(task['State']).toBe('Failed');
    expect(log).toMatch(
      /Validating export package\r\n.*Fatal .*exported from Octopus Server 2023\.1\.9626, which is newer than this server \(2022\.4\.8332\)/,
    );
    const newer = await startServer({ sample: false, version: '2026.10.1', flavor: 'cloud' });
    await importedWell(newer, shop);
    expect((await byName(newer, 'workerpools', 'Builders'))['WorkerPoolType']).toBe('DynamicWorkerPool');
    const project = await byName(newer, 'projects', 'Shop');
    const pool = await byName(newer, 'workerpools', 'Default Worker Pool');
    const process = (await newer.call('GET', `/api/deploymentprocesses/${String(project['DeploymentProcessId'])}`))
      .json;
    // Octopus Cloud has no server to run steps on.
    expect(process['Steps']).toMatchObject([{ Actions: [{ WorkerPoolId: pool['Id'] }] }, {}]);
  });
});
