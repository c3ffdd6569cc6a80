import { afterEach, describe, expect, test } from '@jest/globals';
import { startServer, stopServers, type Json, type OctopusServer } from '../octopus-server.ts';

afterEach(stopServers);

const post = async (server: OctopusServer, path: string, json: unknown): Promise<Json> => {
  const answer = await server.call('POST', path, { json });
  expect(answer.text).not.toContain('ErrorMessage');
  return answer.json;
};

const deploy = (server: OctopusServer, more: Json = {}) =>
  post(server, '/api/deployments', { ReleaseId: 'Releases-1', EnvironmentId: 'Environments-1', ...more });

const state = async (server: OctopusServer, task: unknown) =>
  (await server.call('GET', `/api/tasks/${String(task)}`)).json['State'];

/** A project whose only step is a script, with one release. */
async function scripted(server: OctopusServer, script: string, packages: readonly Json[] = []): Promise<string> {
  const project = await post(server, '/api/projects', {
    Name: 'Scripted',
    ProjectGroupId: 'ProjectGroups-1',
    LifecycleId: 'Lifecycles-1',
  });
  const path = `/api/projects/${String(project['Id'])}/deploymentprocesses`;
  const process = (await server.call('GET', path)).json;
  const action = { Name: 'Run', Packages: packages, Properties: { 'Octopus.Action.Script.ScriptBody': script } };
  await server.call('PUT', path, { json: { ...process, Steps: [{ Name: 'Run', Actions: [action] }] } });
  return String(project['Id']);
}

describe('deployments', () => {
  test('go through their steps and log that nothing is deployed', async () => {
    const server = await startServer();
    const { task, log } = await server.finished(String((await deploy(server))['TaskId']));
    expect(task).toMatchObject({ State: 'Success', Name: 'Deploy', HasWarningsOrErrors: false });
    expect(log).toContain('Step 1: ');
    expect(log).toContain('nothing is deployed');
  });

  test('leave out the steps to skip', async () => {
    const server = await startServer();
    const preview = await server.call('GET', '/api/releases/Releases-1/deployments/preview/Environments-1');
    const steps = preview.json['StepsToExecute'] as Json[];
    const made = await deploy(server, { SkipActions: steps.map(({ ActionId }) => ActionId) });
    expect((await server.finished(String(made['TaskId']))).log).toContain('There are no steps to run');
  });

  test('start when they are due and not before', async () => {
    const server = await startServer();
    const due = Date.now() + 1500;
    const made = await deploy(server, { QueueTime: new Date(due).toISOString() });
    expect(await state(server, made['TaskId'])).toBe('Queued');
    const { task } = await server.finished(String(made['TaskId']));
    expect(Date.parse(String(task['StartTime']))).toBeGreaterThanOrEqual(due);
  });

  test('are never started after they have expired', async () => {
    const server = await startServer();
    const past = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
    const made = await deploy(server, { QueueTime: past(2), QueueTimeExpiry: past(1) });
    expect((await server.finished(String(made['TaskId']))).task).toMatchObject({ State: 'TimedOut', StartTime: null });
  });

  test('last as long as their scripts sleep, and can be cancelled meanwhile', async () => {
    const server = await startServer();
    const id = await scripted(server, "Write-Host 'hello'; Start-Sleep -Seconds 50");
    await post(server, '/api/releases', { ProjectId: id, Version: '1.0.0' });
    const made = await post(server, '/api/Spaces-1/deployments/create/untenanted/v1', {
      ProjectName: 'Scripted',
      ReleaseVersion: '1.0.0',
      EnvironmentNames: ['Development'],
    });
    const [{ ServerTaskId: task } = {}] = made['DeploymentServerTasks'] as Json[];
    while ((await state(server, task)) !== 'Executing') await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await state(server, task)).toBe('Executing');
    await server.call('POST', `/api/tasks/${String(task)}/cancel`);
    expect((await server.finished(String(task))).task['State']).toBe('Canceled');
  });

  test('of one tag go to each linked tenant', async () => {
    const server = await startServer();
    const tenants = (await server.call('GET', '/api/tenants/all')).json as unknown as Json[];
    const tenant = tenants.find(({ TenantTags }) => (TenantTags as string[]).length > 0);
    const [project] = Object.keys(tenant?.['ProjectEnvironments'] as Json);
    const releases = (await server.call('GET', `/api/projects/${String(project)}/releases`)).json['Items'] as Json[];
    const made = await post(server, '/api/Spaces-1/deployments/create/tenanted/v1', {
      ProjectName: project,
      ReleaseVersion: releases[0]?.['Version'],
      EnvironmentName: 'Development',
      TenantTags: (tenant?.['TenantTags'] as string[]).slice(0, 1),
    });
    const [{ DeploymentId } = {}] = made['DeploymentServerTasks'] as Json[];
    const deployment = (await server.call('GET', `/api/deployments/${String(DeploymentId)}`)).json;
    expect(deployment['TenantId']).toMatch(/^Tenants-\d+$/);
  });
});

describe('releases', () => {
  const one = { Name: '', PackageId: 'Hello', FeedId: 'feeds-builtin' };
  const two = { Name: 'second', PackageId: 'World', FeedId: 'feeds-builtin' };

  async function selected(server: OctopusServer, command: Json) {
    const { ReleaseId } = await post(server, '/api/releases/create/v1', { ProjectName: 'Scripted', ...command });
    const release = (await server.call('GET', `/api/releases/${String(ReleaseId)}`)).json;
    return (release['SelectedPackages'] as Json[]).map(({ Version }) => Version);
  }

  test('take the newest packages of the feed by default', async () => {
    const server = await startServer();
    await scripted(server, '', [one, two]);
    for (const file of ['Hello.1.2.0.zip', 'Hello.1.10.0.zip', 'World.3.0.0.zip']) {
      await server.upload('/api/packages/raw', file, 'x');
    }
    expect(await selected(server, {})).toEqual(['1.10.0', '3.0.0']);
    expect(await selected(server, { PackageVersion: '5.0.0' })).toEqual(['5.0.0', '5.0.0']);
    expect(await selected(server, { Packages: ['Hello:1.2.0'] })).toEqual(['1.2.0', '3.0.0']);
    expect(await selected(server, { Packages: ['Run:second:9.0.0'] })).toEqual(['1.10.0', '9.0.0']);
  });

  test('name the steps for which no package version was found', async () => {
    const server = await startServer();
    await scripted(server, '', [one]);
    const answer = await server.call('POST', '/api/releases/create/v1', { json: { ProjectName: 'Scripted' } });
    expect(answer.status).toBe(400);
    expect(answer.json['Errors']).toEqual(["No package version was found for the step 'Run'."]);
  });
});
