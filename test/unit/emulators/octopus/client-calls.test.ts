// Calls as clients of the product make them, and what those clients need in the answers.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startServer, stopServers, type Json, type OctopusServer } from './octopus-server.ts';

let server: OctopusServer;
beforeAll(async () => {
  server = await startServer({ sample: 'source' });
});
afterAll(stopServers);

const get = async (path: string) => (await server.call('GET', path)).json;
const post = async (path: string, json?: unknown) => (await server.call('POST', path, { json })).json;
const items = async (path: string) => (await get(path))['Items'] as readonly Json[];

describe('a copy by the parameter clone', () => {
  test('of a project has its process, variables, channels and runbooks under new ids, and none of its releases', async () => {
    const runbook = await post('/api/runbooks', { Name: 'Restart', ProjectId: 'Projects-1' });
    await post('/api/runbookSnapshots?publish=true', { RunbookId: runbook['Id'], Name: 'First' });
    const beta = await post('/api/channels', { Name: 'Beta', ProjectId: 'Projects-1' });
    const copy = await post('/api/Spaces-1/projects?clone=Projects-1', {
      Name: ' Web Shop Copy ',
      ProjectGroupID: 'ProjectGroups-2',
      LifecycleID: 'Lifecycles-1',
    });
    const original = await get('/api/projects/Projects-1');
    expect(copy).toMatchObject({
      Name: 'Web Shop Copy',
      Slug: 'web-shop-copy',
      ProjectGroupId: 'ProjectGroups-2',
      ClonedFromProjectId: 'Projects-1',
      IncludedLibraryVariableSetIds: original['IncludedLibraryVariableSetIds'],
    });
    const id = String(copy['Id']);
    const [before, after] = await Promise.all(
      [original, copy].map((one) => get(`/api/variables/${String(one['VariableSetId'])}`)),
    );
    expect((after?.['Variables'] as Json[]).map(({ Name }) => Name)).toEqual(
      (before?.['Variables'] as Json[]).map(({ Name }) => Name),
    );
    const steps = async (project: Json) =>
      (await get(`/api/deploymentprocesses/${String(project['DeploymentProcessId'])}`))['Steps'] as readonly Json[];
    const [old, made] = [await steps(original), await steps(copy)];
    expect(made.map(({ Name }) => Name)).toEqual(old.map(({ Name }) => Name));
    expect(made.map((one) => one['Id'])).not.toEqual(old.map((one) => one['Id']));
    const channels = await items(`/api/projects/${id}/channels`);
    expect(channels.map(({ Name }) => Name).toSorted()).toEqual(['Beta', 'Default', 'Hotfix']);
    expect(channels.map((one) => one['Id'])).not.toContain(beta['Id']);
    expect(await items(`/api/projects/${id}/runbooks`)).toEqual([
      expect.objectContaining({ Name: 'Restart', ProjectId: id, PublishedRunbookSnapshotId: null }),
    ]);
    expect(await items(`/api/projects/${id}/releases`)).toEqual([]);
    expect((await items('/api/projects/Projects-1/releases')).length).toBeGreaterThan(0);
  });

  test('of a tenant has its tags and projects', async () => {
    const original = await get('/api/tenants/Tenants-1');
    const copy = await post('/api/tenants?clone=Tenants-1', { Name: 'Copy' });
    expect(copy).toMatchObject({
      Name: 'Copy',
      ClonedFromTenantId: 'Tenants-1',
      TenantTags: original['TenantTags'],
      ProjectEnvironments: original['ProjectEnvironments'],
    });
    expect((await server.call('POST', '/api/tenants?clone=Tenants-99', { json: { Name: 'None' } })).status).toBe(404);
  });
});

test('a defect keeps a release from going on until it is resolved', async () => {
  const next = async () => (await get('/api/releases/Releases-1/progression'))['NextDeployments'] as unknown[];
  expect(await items('/api/releases/Releases-1/defects')).toEqual([]);
  expect(await next()).not.toEqual([]);
  await post('/api/releases/Releases-1/defects', { Description: 'It is slow.' });
  expect(await next()).toEqual([]);
  expect((await server.call('POST', '/api/releases/Releases-1/defects', { json: { Description: 'x' } })).status).toBe(
    400,
  );
  await post('/api/releases/Releases-1/defects/resolve');
  expect(await next()).not.toEqual([]);
  expect(await items('/api/releases/Releases-1/defects')).toEqual([
    expect.objectContaining({ Description: 'It is slow.', Status: 'Resolved' }),
  ]);
});

test('build information is listed by package, version and newest', async () => {
  for (const [PackageId, Version] of [
    ['Acme.Api', '1.9.0'],
    ['Acme.Api', '1.10.0'],
    ['Acme.Web', '1.0.0'],
  ])
    await post('/api/build-information', { PackageId, Version, OctopusBuildInformation: { BuildNumber: '1' } });
  const versions = async (query: string) =>
    (await items(`/api/Spaces-1/build-information?${query}`)).map(
      ({ PackageId, Version }) => `${String(PackageId)} ${String(Version)}`,
    );
  expect(await versions('packageId=acme.api')).toEqual(['Acme.Api 1.10.0', 'Acme.Api 1.9.0']);
  expect(await versions('packageId=Acme.Api&filter=1.9.0')).toEqual(['Acme.Api 1.9.0']);
  expect((await versions('latest=true')).toSorted()).toEqual(['Acme.Api 1.10.0', 'Acme.Web 1.0.0']);
});

test('lists of the server and of a space: teams, with the parameters that older clients repeat', async () => {
  const names = async (path: string) => (await items(path)).map(({ Name }) => Name);
  expect(await names('/api/teams?skip=0&take=5&spaces=Spaces-1&includeSystem=true')).toContain(
    'Octopus Administrators',
  );
  expect(await names('/api/Spaces-1/teams?includeSystem=false')).toEqual(['Space Managers']);
  for (const path of [
    '/api/scopeduserroles?skip=0&spaces=Spaces-1&includeSystem=true',
    '/api/Spaces-1/events/all?spaces=Spaces-1&includeSystem=true',
    '/api/teams/teams-everyone?spaces=Spaces-1&includeSystem=true',
  ])
    expect((await server.call('GET', path)).status).toBe(200);
  const mine = async (query: string) => get(`/api/users/Users-1/permissions?${query}`);
  expect((await mine('includeSystem=false'))['SystemPermissions']).toEqual([]);
  expect((await mine('spaces=Spaces-9'))['SpacePermissions']).toEqual({});
});

test('members that clients require: policies, actions, machines, users', async () => {
  const [policy] = await items('/api/machinepolicies');
  expect(policy).toMatchObject({
    ConnectionConnectTimeout: '00:01:00',
    PollingRequestQueueTimeout: '00:02:00',
    MachineUpdatePolicy: { KubernetesAgentUpdateBehavior: 'Update' },
    MachineHealthCheckPolicy: { HealthCheckCronTimezone: 'UTC' },
  });
  const process = await get('/api/deploymentprocesses/deploymentprocess-Projects-1');
  for (const step of process['Steps'] as { Actions: Json[] }[])
    for (const action of step.Actions)
      expect([action['Packages'], action['Environments']].every(Array.isArray)).toBe(true);
  expect((await items('/api/machines'))[0]).toMatchObject({ HealthStatus: 'Healthy', Status: 'Online' });
  expect(await get('/api/users/me')).toMatchObject({ Identities: [] });
  expect((await get('/api/projectgroups/ProjectGroups-1'))['Links']).toMatchObject({
    Projects: '/api/Spaces-1/projectgroups/ProjectGroups-1/projects',
  });
});

test('a replaced certificate keeps its id and hides its contents; the one before is archived', async () => {
  const [before] = await items('/api/certificates');
  const id = String(before?.['Id']);
  const data = Buffer.from('another certificate').toString('base64');
  const answer = await server.call('POST', `/api/certificates/${id}/replace`, {
    json: { CertificateData: data, Password: 'sample-replaced-password' },
  });
  expect(answer.json).toMatchObject({
    Id: id,
    Name: before?.['Name'],
    CertificateData: { HasValue: true, NewValue: null },
  });
  expect(answer.json['Thumbprint']).not.toBe(before?.['Thumbprint']);
  expect(answer.text).not.toContain('sample-replaced-password');
  expect(await items('/api/certificates?archived=true')).toEqual([
    expect.objectContaining({ ReplacedBy: id, Thumbprint: before?.['Thumbprint'] }),
  ]);
});

test('names are stored without the blanks around them', async () => {
  const made = await post('/api/environments', { Name: '  Canary ' });
  expect(made['Name']).toBe('Canary');
  expect((await server.call('POST', '/api/environments', { json: { Name: 'canary ' } })).status).toBe(400);
  const path = `/api/environments/${String(made['Id'])}`;
  expect((await server.call('PUT', path, { json: { ...made, Name: ' Canary 2' } })).json['Name']).toBe('Canary 2');
});

test('the rules of a feed that writes versions in another way are refused', async () => {
  const query = 'version=1.0.0&versionRange=1.0';
  expect(await get(`/api/channels/rule-test?${query}&feetType=NuGet`)).toMatchObject({ IsSatisfied: true });
  expect((await server.call('GET', `/api/channels/rule-test?${query}&feedType=Maven`)).status).toBe(400);
});
