// What an export holds, byte by byte where a real one is known, and what a server refuses to export.
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { decryptValue, deriveKey } from '../../../../../src/emulators/octopus/migrations/encryption.ts';
import { unzipped } from '../../shared/zip-bytes.ts';
import { startServer, stopServers, type Json, type OctopusServer } from '../octopus-server.ts';
import { makeCompany, secret } from './company.ts';
import {
  byName,
  documentOf,
  endOfExport,
  exportedZip,
  filesOf,
  imported,
  made,
  password,
  startExport,
} from './space-pair.ts';

const suffix = '-D4C63A85E7894C5D8C20D9297FEA1A43';

let server: OctopusServer;
let zip: Buffer;
let manifest: Json;
let entries: readonly Json[];
beforeAll(async () => {
  server = await startServer({ sample: false, version: '2024.4.4121' });
  await makeCompany(server);
  zip = await exportedZip(server, ['Shop']);
  manifest = await documentOf(zip, 'manifest.json');
  entries = manifest['Entries'] as readonly Json[];
});
afterAll(stopServers);

const typesIn = (list: readonly Json[]) => [...new Set(list.map((one) => String(one['DocumentType'])))];
const entriesOf = async (bytes: Buffer) => (await documentOf(bytes, 'manifest.json'))['Entries'] as readonly Json[];

describe('the zip', () => {
  test('is flat, and holds a file for each entry and four others', async () => {
    const names = (await unzipped(zip)).map(({ name }) => name);
    expect(names.toSorted()).toEqual(
      [
        ...entries.map((one) => String(one['DocumentSource'])),
        'checksum',
        'manifest.json',
        'server-version',
        'version',
      ].toSorted(),
    );
    expect(names.filter((name) => name.includes('/'))).toEqual([]);
    const files = await filesOf(zip);
    expect([files.get('server-version'), files.get('version')]).toEqual(['2024.4.4121', '2.0.0']);
    const digest = createHash('sha1')
      .update(files.get('manifest.json') ?? '')
      .digest('hex');
    expect(files.get('checksum')).toBe(digest);
  });

  test('has a manifest whose entries have the SHA-1 of their files', async () => {
    expect(Object.keys(manifest)).toEqual(['SchemaVersions', 'Entries', 'Hello']);
    const files = new Map((await unzipped(zip)).map(({ name, data }) => [name, data]));
    for (const entry of entries) {
      expect(Object.keys(entry)).toEqual([
        'Id',
        'Name',
        'DocumentType',
        'ExportType',
        'DocumentSource',
        'ParentId',
        'Hash',
      ]);
      const data = files.get(String(entry['DocumentSource']))!;
      expect(entry['Hash']).toBe(createHash('sha1').update(data).digest('hex'));
      expect(entry).toMatchObject({ ExportType: 'FullDocument', DocumentSource: `${String(entry['Id'])}.json` });
      expect(entry['Id']).toMatch(new RegExp(`${suffix}$`));
      const text = Buffer.from(data).toString('utf8');
      expect(text).toBe(JSON.stringify(JSON.parse(text), null, 2));
    }
    const schema = manifest['SchemaVersions'] as readonly string[];
    expect([schema[0], schema.at(-1)]).toEqual([
      expect.stringMatching(/^Script0271/),
      expect.stringMatching(/^Script0483/),
    ]);
  });

  test('has a canary that opens with the password', () => {
    expect(decryptValue(deriveKey(password), String(manifest['Hello']))).toBe('Cephalopod');
    expect(decryptValue(deriveKey('another one'), String(manifest['Hello']))).not.toBe('Cephalopod');
  });

  test('has the documents in the order of a real one, with its names', () => {
    expect(typesIn(entries).slice(0, 14)).toEqual([
      'Project',
      'ProjectGroup',
      'Channel',
      'DeploymentSettings',
      'DeploymentProcess',
      'ProjectVariables',
      'Runbook',
      'RunbookProcess',
      'StaticDeploymentEnvironment',
      'Lifecycle',
      'LibraryVariableSet',
      'LibraryVariables',
      'Tenant',
      'TenantVariable',
    ]);
    expect(typesIn(entries).slice(14).toSorted()).toEqual([
      'Account',
      'ActionTemplate',
      'Certificate',
      'Deployment',
      'DockerFeed',
      'Release',
      'RunbookRun',
      'RunbookSnapshot',
      'ServerTask',
      'WorkerPool',
    ]);
    const project = entries[0]!;
    const named = (type: string) => entries.find((one) => one['DocumentType'] === type)!;
    expect(named('DeploymentSettings')).toMatchObject({
      Name: `Settings for project ${String(project['Id'])}`,
      ParentId: project['Id'],
    });
    expect(named('Channel')).toMatchObject({ Name: 'Default', ParentId: project['Id'] });
    expect(named('DeploymentProcess')).toMatchObject({ Name: 'Deployment process', ParentId: null });
    expect(named('ProjectVariables')['Name']).toBe(`Variables variableset-${String(project['Id'])}`);
    expect(named('TenantVariable')['Name']).toBe(named('TenantVariable')['Id']);
  });
});

describe('the documents', () => {
  const keys: Readonly<Record<string, string>> = {
    Project:
      'SpaceId Id Name Slug Description ExecuteDeploymentsOnResilientPipeline IsDisabled VariableSetId DeploymentProcessId DeploymentSettingsId ClonedFromProjectId ProjectGroupId LifecycleId AutoCreateRelease PersistenceSettings DynamicEnvironmentSettings DiscreteChannelRelease IncludedLibraryVariableSetIds UsedPackages TenantedDeploymentMode Templates ReleaseCreationStrategy AutoDeployReleaseOverrides ExtensionSettings AllowIgnoreChannelRules LastModified DataVersion',
    ProjectGroup: 'Id Name Description SpaceId DataVersion',
    Channel:
      'SpaceId Id Name Description Slug ProjectId LifecycleId IsDefault TenantTags Rules GitReferenceRules GitResourceRules LastModified DataVersion',
    DeploymentSettings:
      'SpaceId ProjectId Id VersioningStrategy ReleaseNotesTemplate DefaultToSkipIfAlreadyInstalled ConnectivityPolicy DeploymentChangesTemplate DefaultGuidedFailureMode ForcePackageDownload DataVersion',
    DeploymentProcess: 'Id OwnerId Version SpaceId Steps',
    ProjectVariables: 'Id OwnerId OwnerType Version Variables SpaceId RelatedDocumentIds',
    StaticDeploymentEnvironment:
      'Type Id Name Description SortOrder UseGuidedFailure Slug AllowDynamicInfrastructure SpaceId ExtensionSettings LastModified DataVersion',
    Lifecycle: 'Id Name Description Phases ReleaseRetentionPolicy TentacleRetentionPolicy Slug SpaceId DataVersion',
    LibraryVariableSet: 'Id Name Description VariableSetId SpaceId ContentType Templates Version',
    Tenant:
      'Id Name ProjectEnvironments TenantTags SpaceId Slug ClonedFromTenantId Description ProjectIds LogoAttachmentKey LogoAttachmentMimeType LastModified DataVersion',
    TenantVariable:
      'Id TenantId OwnerId OwnerType EnvironmentId VariableTemplateId SpaceId Value RelatedDocumentId LastModified',
  };

  test.each(Object.entries(keys))('%s has the members of a real one in their order', async (type, names) => {
    const entry = entries.find((one) => one['DocumentType'] === type)!;
    const model = JSON.parse(
      Buffer.from((await unzipped(zip)).find(({ name }) => name === entry['DocumentSource'])!.data).toString('utf8'),
    ) as Json;
    expect(Object.keys(model).join(' ')).toBe(names);
    expect(model['SpaceId']).toBe(`Spaces-1${suffix}`);
  });

  test('hold no secret in the clear, and each under an initialisation vector of its own', async () => {
    const text = [...(await filesOf(zip)).values()].join('\n');
    expect(text).not.toContain(secret);
    expect(text).not.toContain(Buffer.from(secret).toString('base64'));
    const key = deriveKey(password);
    const sealed = text.match(/[A-Za-z0-9+/=]{24,}\|[A-Za-z0-9+/]{22}==/g) ?? [];
    const clear = sealed.map((one) => decryptValue(key, one));
    // Of an account, a certificate, a feed, two variables and two frozen copies of one, a default and a tenant's value.
    expect(clear.filter((one) => one === secret)).toHaveLength(9);
    expect(clear.filter((one) => one === 'Cephalopod')).toHaveLength(1);
    expect(new Set(sealed.map((one) => one.split('|')[1])).size).toBe(sealed.length);
    const templates = (await documentOf(zip, 'Projects-1'))['Templates'] as readonly Json[];
    expect(templates[1]!['DefaultValue']).toEqual({ SensitiveValue: expect.stringContaining('|') });
  });

  test('variables have their scopes and what they refer to', async () => {
    const set = await documentOf(zip, 'variableset-Projects-1');
    const [host, account] = set['Variables'] as readonly Json[];
    expect(Object.keys(host!)).toEqual(['Id', 'Name', 'Description', 'Type', 'Value', 'Scope']);
    expect(Object.keys(account!)).toEqual(['Id', 'Name', 'Description', 'Type', 'Value']);
    const production = `Environments-3${suffix}`;
    expect(host!['Scope']).toEqual({ Environment: [production] });
    expect(set['RelatedDocumentIds']).toEqual([production, `Accounts-1${suffix}`, `Certificates-1${suffix}`]);
  });
});

describe('what travels', () => {
  test('the environments of the default lifecycle stay when the project uses no other', async () => {
    const found = await entriesOf(await exportedZip(server, ['Site']));
    // The tenant that is connected brings the one it is connected for.
    const names = (type: string) => found.filter((one) => one['DocumentType'] === type).map(({ Name }) => Name);
    expect(names('Lifecycle')).toEqual(['Default Lifecycle']);
    expect(names('StaticDeploymentEnvironment')).toEqual(['Staging']);
    expect(names('Tenant')).toEqual(['Stranger']);
  });

  test('also when that lifecycle has phases: they come without environments', async () => {
    const other = await startServer({ sample: false });
    const lifecycle = await byName(other, 'lifecycles', 'Default Lifecycle');
    const development = await byName(other, 'environments', 'Development');
    await made(other, 'PUT', `/api/lifecycles/${String(lifecycle['Id'])}`, {
      ...lifecycle,
      Phases: [{ Name: 'First', OptionalDeploymentTargets: [development['Id']], AutomaticDeploymentTargets: [] }],
    });
    await made(other, 'POST', '/api/projects', { Name: 'Plain', LifecycleId: lifecycle['Id'] });
    const plain = await exportedZip(other, ['Plain']);
    expect(typesIn(await entriesOf(plain))).not.toContain('StaticDeploymentEnvironment');
    const phases = (await documentOf(plain, String(lifecycle['Id'])))['Phases'];
    expect(phases).toMatchObject([{ Name: 'First', OptionalDeploymentTargets: [] }]);
  });

  test('a project that another one deploys comes along, and the answer names it', async () => {
    const { id, projects } = await startExport(server, ['Release Train']);
    const ids = [
      (await byName(server, 'projects', 'Release Train'))['Id'],
      (await byName(server, 'projects', 'Shop'))['Id'],
    ];
    expect(projects).toEqual(ids);
    const { task } = await server.finished(id);
    expect(task).toMatchObject({ State: 'Success', Arguments: { ProjectIds: ids } });
  });

  test('machines stay, and so do references to them', async () => {
    const other = await startServer();
    const site = await byName(other, 'projects', 'Search');
    const path = `/api/deploymentprocesses/${String(site['DeploymentProcessId'])}`;
    const before = (await other.call('GET', path)).json;
    const [first, ...rest] = before['Steps'] as readonly Json[];
    await made(other, 'PUT', path, {
      ...before,
      Steps: [{ ...first, Properties: { 'Octopus.Action.Machine': 'Machines-1' } }, ...rest],
    });
    const search = await exportedZip(other, ['Search']);
    expect(typesIn(await entriesOf(search))).not.toContain('Machine');
    const process = await documentOf(search, String(site['DeploymentProcessId']));
    expect((process['Steps'] as Json[])[0]!['Properties']).toEqual({ 'Octopus.Action.Machine': null });
  });
});

describe('what a server refuses', () => {
  const scoped = async (kind: string, name: string, scope: Json) => {
    const owner = await byName(server, kind, name);
    const path = `/api/variables/${String(owner['VariableSetId'])}`;
    const before = (await server.call('GET', path)).json;
    const variables = before['Variables'] as readonly Json[];
    const kept = variables.filter(({ Type }) => Type !== 'Sensitive');
    const lone = { Name: 'Lone', Value: 'x', Type: 'String', Scope: scope };
    const changed = await made(server, 'PUT', path, { ...before, Variables: [...kept, lone] });
    return () => made(server, 'PUT', path, { ...before, Version: changed['Version'] });
  };

  test.each([
    ['projects', 'Shop', "Project 'Shop' => Project Variables"],
    ['libraryvariablesets', 'Common', "Project 'Shop' => Library Variable Set 'Common'"],
  ])('variables of %s with the scope of a machine', async (kind, name, path) => {
    const back = await scoped(kind, name, { Machine: ['Machines-1'] });
    const { task, log } = await endOfExport(server, ['Shop']);
    const sentence = `The items you are exporting are not currently supported: Variables with the following scopes are not currently supported: Machine. Found variables named Lone. Reference path: ${path}`;
    expect(task).toMatchObject({ State: 'Failed', ErrorMessage: sentence });
    expect(log).toContain(`Fatal    |   ${sentence}`);
    await back();
  });

  test.each([
    ['2025.2.5600', 'Failed'],
    ['2025.2.5601', 'Success'],
  ])('a project in Git before 2025.2.5601: %s ends in %s', async (version, state) => {
    const git = await startServer({ sample: false, version });
    const project = await made(git, 'POST', '/api/projects', {
      Name: 'In Git',
      PersistenceSettings: { Type: 'VersionControlled', Url: 'https://git.example/a.git' },
    });
    expect(project['IsVersionControlled']).toBeDefined();
    const { task } = await endOfExport(git, ['In Git']);
    expect(task['State']).toBe(state);
    if (state === 'Failed')
      expect(task['ErrorMessage']).toMatch(/Version-controlled projects.*Reference path: Project 'In Git'/);
  });

  test('a release whose channel is gone', async () => {
    const other = await startServer({ sample: false });
    await makeCompany(other);
    const shop = await byName(other, 'projects', 'Shop');
    const channel = await made(other, 'POST', '/api/channels', { Name: 'Gone', ProjectId: shop['Id'] });
    await made(other, 'POST', '/api/releases', { ProjectId: shop['Id'], Version: '2.0.0', ChannelId: channel['Id'] });
    expect((await other.call('DELETE', `/api/channels/${String(channel['Id'])}`)).status).toBe(200);
    const { task } = await endOfExport(other, ['Shop']);
    expect(task['ErrorMessage']).toBe(`The given key '${String(channel['Id'])}' was not present in the dictionary.`);
  });
});

describe('what a server exports, and no server imports', () => {
  test('a variable whose own id looks like the id of a document', async () => {
    const site = await byName(server, 'projects', 'Site');
    const path = `/api/variables/${String(site['VariableSetId'])}`;
    const before = (await server.call('GET', path)).json;
    await made(server, 'PUT', path, {
      ...before,
      Variables: [{ Id: 'Messages-1', Name: 'M', Value: 'x', Type: 'String' }],
    });
    const { log } = await imported(server, await exportedZip(server, ['Site']));
    // It is here already, so nothing of it is written.
    expect(log).toContain("Project 'Site' already exists");
    const other = await startServer({ sample: false, version: '2025.1.1' });
    const failed = await imported(other, await exportedZip(server, ['Site']));
    expect(failed.log).toMatch(
      /Found unmapped Ids in document 'Variables variableset-.*"Id": "Messages-1-D4C6.*\r\n.*Reference path: Project 'Site'/,
    );
  });

  test('a step template in Git, whose credentials do not come along', async () => {
    const credential = await made(server, 'POST', '/api/git-credentials', { Name: 'Robot', Details: {} });
    const template = await byName(server, 'actiontemplates', 'Notify');
    const dependency = { Name: '', RepositoryUri: 'https://git.example/t.git', GitCredentialId: credential['Id'] };
    await made(server, 'PUT', `/api/actiontemplates/${String(template['Id'])}`, {
      ...template,
      GitDependencies: [dependency],
    });
    const other = await startServer({ sample: false, version: '2025.1.1' });
    const { task, log } = await imported(other, await exportedZip(server, ['Shop']));
    expect(task['State']).toBe('Failed');
    expect(log).toMatch(
      /'Notify' \(Octopus\.Core\.Model\.ActionTemplates\.ActionTemplate\): "GitCredentialId": "GitCredentials-1-D4C6/,
    );
  });
});
