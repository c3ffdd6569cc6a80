// A small company, made by plain requests on a server that is almost empty: three projects that share all that can be shared.
import type { Json, OctopusServer } from '../octopus-server.ts';
import { byName, made } from './space-pair.ts';

export const secret = 'wire-secret-of-the-company';

const sensitive = { HasValue: true, NewValue: secret };

async function put(server: OctopusServer, path: string, change: (before: Json) => Json): Promise<Json> {
  const before = (await server.call('GET', path)).json;
  return made(server, 'PUT', path, change(before));
}

const step = (name: string, action: Json): Json => ({
  Name: name,
  Properties: {},
  Actions: [{ Name: name, ActionType: 'Octopus.Script', Properties: {}, Packages: [], ...action }],
});

/** Makes Shop (all that can be shared), Site (nothing but the default lifecycle) and Release Train (deploys Shop). */
export async function makeCompany(server: OctopusServer): Promise<void> {
  const add = (path: string, json: Json) => made(server, 'POST', `/api/${path}`, json);
  const staging = await add('environments', { Name: 'Staging' });
  const production = await add('environments', { Name: 'Production' });
  const phase = (Name: string, environment: Json) => ({ Name, OptionalDeploymentTargets: [environment['Id']] });
  const lifecycle = await add('lifecycles', {
    Name: 'Two Steps',
    Phases: [phase('First', staging), phase('Second', production)],
  });
  const group = await add('projectgroups', { Name: 'Apps' });
  const account = await add('accounts', {
    Name: 'Deployer',
    AccountType: 'UsernamePassword',
    Username: 'deployer',
    Password: sensitive,
  });
  const certificate = await add('certificates', { Name: 'Shop TLS', CertificateData: sensitive, Thumbprint: 'AB12' });
  const feed = await add('feeds', {
    Name: 'Hub',
    FeedType: 'Docker',
    FeedUri: 'https://hub.example',
    Password: sensitive,
  });
  const pool = await add('workerpools', { Name: 'Builders', WorkerPoolType: 'DynamicWorkerPool' });
  const template = await add('actiontemplates', {
    Name: 'Notify',
    ActionType: 'Octopus.Script',
    Version: 3,
    Properties: { 'Octopus.Action.Script.ScriptBody': 'echo three' },
  });
  const set = await add('libraryvariablesets', {
    Name: 'Common',
    Templates: [{ Id: 'c1', Name: 'Mail', DefaultValue: 'nobody', DisplaySettings: {} }],
  });
  await put(server, `/api/variables/${String(set['VariableSetId'])}`, (before) => ({
    ...before,
    Variables: [
      { Name: 'Region', Value: 'eu', Type: 'String' },
      { Name: 'Region', Value: 'eu-live', Type: 'String', Scope: { Environment: [production['Id']] } },
      { Name: 'Token', Value: secret, Type: 'Sensitive' },
    ],
  }));
  const project = (Name: string, LifecycleId: unknown, more: Json = {}) =>
    add('projects', { Name, ProjectGroupId: group['Id'], LifecycleId, ...more });
  const byDefault = (await byName(server, 'lifecycles', 'Default Lifecycle'))['Id'];
  const shop = await project('Shop', lifecycle['Id'], {
    IncludedLibraryVariableSetIds: [set['Id']],
    TenantedDeploymentMode: 'TenantedOrUntenanted',
    Templates: [
      { Id: 't1', Name: 'Colour', DefaultValue: 'blue', DisplaySettings: { 'Octopus.ControlType': 'SingleLineText' } },
      { Id: 't2', Name: 'Pin', DefaultValue: sensitive, DisplaySettings: { 'Octopus.ControlType': 'Sensitive' } },
    ],
  });
  const site = await project('Site', byDefault);
  const train = await project('Release Train', byDefault);
  await put(server, `/api/variables/${String(shop['VariableSetId'])}`, (before) => ({
    ...before,
    Variables: [
      { Name: 'Host', Value: 'live', Type: 'String', Scope: { Environment: [production['Id']] } },
      { Name: 'Account', Value: account['Id'], Type: 'UsernamePasswordAccount' },
      { Name: 'Certificate', Value: certificate['Id'], Type: 'Certificate' },
      { Name: 'Key', Value: secret, Type: 'Sensitive' },
    ],
  }));
  await put(server, `/api/deploymentprocesses/${String(shop['DeploymentProcessId'])}`, (before) => ({
    ...before,
    Steps: [
      step('Notify', {
        Properties: {
          'Octopus.Action.Template.Id': template['Id'],
          'Octopus.Action.Template.Version': '3',
          'Octopus.Action.RunOnServer': 'true',
        },
      }),
      step('Build', { WorkerPoolId: pool['Id'], Container: { Image: 'node', FeedId: feed['Id'] } }),
    ],
  }));
  await put(server, `/api/deploymentprocesses/${String(train['DeploymentProcessId'])}`, (before) => ({
    ...before,
    Steps: [
      step('Go', {
        ActionType: 'Octopus.DeployRelease',
        Properties: { 'Octopus.Action.DeployRelease.ProjectId': shop['Id'] },
      }),
    ],
  }));
  const runbook = await add('runbooks', { Name: 'Restart', ProjectId: shop['Id'] });
  await add('runbookSnapshots?publish=true', { Name: 'First', RunbookId: runbook['Id'] });
  const run = await add('runbookRuns', { RunbookId: runbook['Id'], EnvironmentId: production['Id'] });
  await server.finished(String(run['TaskId']));
  await add('tenants', { Name: 'Acme', ProjectEnvironments: { [String(shop['Id'])]: [production['Id']] } });
  const acme = `/api/tenants/${String((await byName(server, 'tenants', 'Acme'))['Id'])}/variables`;
  await put(server, acme, (before) => ({
    ...before,
    ProjectVariables: {
      [String(shop['Id'])]: { Variables: { [String(production['Id'])]: { t1: 'red', t2: sensitive } } },
    },
    LibraryVariables: { [String(set['Id'])]: { Variables: { c1: 'acme@example.org' } } },
  }));
  await add('tenants', { Name: 'Stranger', ProjectEnvironments: { [String(site['Id'])]: [staging['Id']] } });
  const release = await add('releases', { ProjectId: shop['Id'], Version: '1.0.0' });
  const deployed = await add('deployments', { ReleaseId: release['Id'], EnvironmentId: staging['Id'] });
  await server.finished(String(deployed['TaskId']));
}
