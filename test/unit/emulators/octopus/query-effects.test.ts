import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { allRoutes } from '../../../../src/emulators/octopus/routes.ts';
import type { TaskQueue } from '../../../../src/emulators/octopus/task-queue.ts';
import { openStore } from '../../../../src/emulators/shared/store.ts';
import { sample } from '../../../support/sample.ts';
import { newFolder, startServer, stopServers, type Json, type OctopusServer } from './octopus-server.ts';

/** Documents of the kinds of which the sample has none and which no call can make. */
const planted: readonly (Json & { readonly kind: string; readonly id?: string })[] = [
  { kind: 'Interruptions', IsPending: false },
  { kind: 'Artifacts' },
  { kind: 'Proxies' },
  { kind: 'GitCredentials' },
  { kind: 'Subscriptions' },
  { kind: 'ActionTemplates' },
  { kind: 'ProjectTriggers', ProjectId: 'Projects-1' },
  { kind: 'CommunityActionTemplates', server: true },
  { kind: 'ExtensionConfigurations', server: true },
  { kind: 'UserRoles', server: true },
  { kind: 'ScopedUserRoles', server: true, TeamId: 'teams-everyone' },
  { kind: 'ScopedUserRoles', id: 'ScopedUserRoles-901', SpaceId: 'Spaces-1', server: true, TeamId: 'teams-everyone' },
  { kind: 'Teams', SpaceId: 'Spaces-1', server: true, MemberUserIds: ['Users-1'] },
  { kind: 'Workers', WorkerPoolIds: ['WorkerPools-1'], MachinePolicyId: 'MachinePolicies-1' },
  { kind: 'Events', SpaceId: null },
  {
    kind: 'ServerTasks',
    SpaceId: null,
    server: true,
    State: 'Success',
    Name: 'Retention',
    Description: 'x',
    QueueTime: '2026-01-01',
  },
];

let server: OctopusServer;
beforeAll(async () => {
  const directory = await newFolder();
  const first = await startServer({ directory });
  await first.close();
  const store = openStore(join(directory, 'state.sqlite'), 'octopus');
  for (const { kind, server: ofServer, ...body } of planted) {
    const [id, name] = [body.id ?? `${kind}-900`, `planted ${kind}`];
    const container = ofServer === true ? undefined : 'Spaces-1';
    store.put({ kind, id, container, name, body: { Name: name, SpaceId: container, ...body, Id: id } });
  }
  // Projects have a value that tenants miss, and a step that is off.
  for (const kind of ['Projects', 'DeploymentProcesses']) {
    for (const entry of store.all(kind)) {
      const [step] = (entry.body['Steps'] ?? []) as readonly { readonly Actions: readonly Json[] }[];
      const off = { ...step, Actions: step?.Actions.map((action) => ({ ...action, IsDisabled: true })) };
      const more = kind === 'Projects' ? { Templates: [{ Id: 'template', Name: 'Missing' }] } : { Steps: [off] };
      store.put({ ...entry, body: { ...entry.body, ...more } });
    }
  }
  store.close();
  server = await startServer({ directory });
  const post = (path: string, json: Json) => server.call('POST', path, { json });
  const runbook = (await post('/api/runbooks', { Name: 'Restart', ProjectId: 'Projects-1' })).json['Id'];
  await post('/api/runbookSnapshots?publish=true', { RunbookId: runbook, Name: 'First' });
  await post('/api/runbookRuns', { RunbookId: runbook, EnvironmentId: 'Environments-1' });
  await post('/api/releases/Releases-1/defects', { Description: 'broken' });
  for (const version of ['1.0.0', '2.0.0-beta']) {
    await server.upload('/api/packages/raw', `Acme.Web.${version}.zip`, version);
    await post('/api/build-information', { PackageId: 'Acme.Web', Version: version, OctopusBuildInformation: {} });
  }
  await post('/api/users/Users-1/apikeys', { Purpose: 'test' });
});
afterAll(stopServers);

/** Ids for the parameters of paths, by the segment before them. */
const ids: Readonly<Record<string, string>> = {
  deploymentprocesses: 'deploymentprocess-Projects-1',
  runbookprocesses: 'RunbookProcess-Runbooks-1',
  variables: 'variableset-Projects-1',
  feeds: 'feeds-builtin',
  teams: 'teams-everyone',
  packages: 'packages-Acme.Web.1.0.0',
  channels: 'Channels-1',
  ...Object.fromEntries(
    ['Users', 'Tenants', 'Projects', 'Releases', 'Environments', 'Lifecycles', 'Runbooks', 'RunbookSnapshots'].map(
      (kind) => [kind.toLowerCase(), `${kind}-1`],
    ),
  ),
  projectgroups: 'ProjectGroups-1',
  machinepolicies: 'MachinePolicies-1',
  workerpools: 'WorkerPools-1',
  tasks: 'ServerTasks-1',
  events: 'Events-900',
  scopeduserroles: 'ScopedUserRoles-900',
  preview: 'Environments-1',
};
/** The server's own documents are in every space, so the parameter `spaces` is tried with one of a space. */
const ofSpace: Readonly<Record<string, string>> = {
  teams: 'Teams-900',
  events: 'Events-1',
  scopeduserroles: 'ScopedUserRoles-901',
};
const filled = (path: string, parameter: string) =>
  path.replaceAll(/([A-Za-z]+)\/:(\w+)/g, (_, before: string) => {
    const segment = before.toLowerCase();
    return `${before}/${(parameter === 'spaces' ? ofSpace[segment] : undefined) ?? ids[segment] ?? `${before}-1`}`;
  });

/** What a route needs besides the parameter that is tried. */
const needed: Readonly<Record<string, string>> = {
  '/tenants/tag-test': 'tenantIds=Tenants-1&tags=A/B',
  '/feeds/:id/packages': 'packageId=Acme.Web&includeMultipleVersions=true',
  '/feeds/:id/packages partialMatch': 'packageId=Acme.W',
  '/feeds/:id/packages/versions': 'packageId=Acme.Web',
  '/feeds/:id/packages/notes': 'packageId=Acme.Web&version=1.0.0',
  '/packages/notes': 'packageIds=packages-Acme.Web.1.0.0',
  '/channels/rule-test': 'version=1.5.0-x&versionRange=[1.0,2.0)',
};

// Each has a reason. Add none without one.
const withoutEffect = new Map([
  ['includeNotes', 'packages of this server have no notes'],
  ['includeReleaseNotes', 'packages of this server have no notes'],
]);

const tries = ['Nothing-7', 'false', 'true', '0', '1', '[9.0,)', '^$', 'Acme', '2100-01-01', '1990-01-01'];

async function answer(path: string): Promise<string> {
  const { status, text } = await server.call('GET', path);
  if (status >= 500) throw new Error(`${path}: ${text}`);
  // Links repeat the filters.
  const shown = text.replaceAll(/"Links": \{[^}]*\}/g, '').replaceAll(/"ItemsPerPage": \d+/g, '');
  return status === 400 && !text.includes('not supported by this emulator') ? 'invalid' : `${status} ${shown}`;
}

test('every query parameter that a route to read declares has an effect, or is refused', async () => {
  const idle: string[] = [];
  const routes = allRoutes({} as TaskQueue, { migrations: true, importExport: true });
  const declared = routes.flatMap(({ method, path, query = [] }) =>
    method === 'GET' ? query.filter((one) => !withoutEffect.has(one)).map((name) => ({ path, query, name })) : [],
  );
  expect(declared.length).toBeGreaterThan(200);
  // All of them in `npm run prove`.
  for (const { path, query, name } of sample(declared, 70)) {
    const place = `/api/Spaces-1${filled(path, name)}`;
    const start = (await server.call('HEAD', place)).status === 404 ? place.replace('/Spaces-1', '') : place;
    const few = query.includes('take') && name !== 'take' && path !== '/feeds/:id/packages' ? 'take=2' : '';
    const others = [needed[`${path} ${name}`] ?? needed[path] ?? '', few].filter((one) => one !== '').join('&');
    const rest = others.replaceAll(new RegExp(`(?<=^|&)${name}=[^&]*`, 'gi'), '');
    const before = await answer(`${start}?${others}`);
    let differs = false;
    for (const value of tries) {
      const after = await answer(`${start}?${rest}&${name}=${encodeURIComponent(value)}`);
      differs = after !== before && after !== 'invalid';
      if (differs) break;
    }
    if (!differs) idle.push(`${path} ${name}`);
  }
  expect(idle).toEqual([]);
});
