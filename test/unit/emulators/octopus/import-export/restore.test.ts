// An export that was made by hand, with the structure of real ones; see test/fixtures/octopus-export.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { decryptValue, deriveKey } from '../../../../../src/emulators/octopus/migrations/encryption.ts';
import { zipOf } from '../../../../support/zip.ts';
import { startServer, stopServers, type Json, type OctopusServer } from '../octopus-server.ts';
import { artifactsOf, byName, contentOf, documentOf, namesOf, uploaded } from './space-pair.ts';

const files = JSON.parse(
  readFileSync(new URL('../../../../fixtures/octopus-export/bakery.json', import.meta.url), 'utf8'),
) as Record<string, string>;
const Password = { HasValue: true, NewValue: 'flour, water & salt' };

let server: OctopusServer;
let end: { readonly task: Json; readonly log: string };
beforeAll(async () => {
  server = await startServer({ sample: false, version: '2024.2.3000' });
  const ImportSource = await uploaded(server, zipOf(files));
  const started = await server.call('POST', '/api/projects/import-export/import', { json: { ImportSource, Password } });
  end = await server.finished(String(started.json['TaskId']));
});
afterAll(stopServers);

const read = async (path: string): Promise<Json> => (await server.call('GET', path)).json;
const first = async (path: string) => ((await read(path))['Items'] as readonly Json[])[0]!;

test('it arrives without a warning, and the machine stays behind', async () => {
  expect({ ...end.task, log: end.log }).toMatchObject({ State: 'Success', HasWarningsOrErrors: false });
  expect(end.log).toContain("Machine 'oven-1' was not imported");
  expect(await namesOf(server, 'machines')).toEqual([]);
  expect((await first('/api/deployments'))['DeployedToMachineIds']).toEqual([]);
});

test('documents have the form of the API, and lead to each other', async () => {
  const project = await byName(server, 'projects', 'Bread Oven');
  expect(project).toMatchObject({
    Slug: 'bread-oven',
    IsVersionControlled: false,
    DefaultToSkipIfAlreadyInstalled: true,
    VersioningStrategy: { Template: '7.#{Octopus.Version.NextMinor}' },
    Templates: [{ DefaultValue: 'thin' }, { DefaultValue: { HasValue: true, NewValue: null } }],
  });
  for (const name of ['DataVersion', 'LastModified', 'DeploymentSettingsId', 'UsedPackages']) {
    expect(project).not.toHaveProperty(name);
  }
  const [team] = (await read('/api/Spaces-1/teams?partialName=Bakers'))['Items'] as Json[];
  const process = await read(`/api/deploymentprocesses/${String(project['DeploymentProcessId'])}`);
  const channel = await byName(server, 'channels', 'Default');
  const shop = await byName(server, 'environments', 'Shop');
  expect(process).toMatchObject({
    ProjectId: project['Id'],
    Steps: [
      {
        Actions: [
          {
            Properties: { 'Octopus.Action.Manual.ResponsibleTeamIds': `${String(team!['Id'])},teams-everyone` },
            Channels: [channel['Id']],
            Environments: [shop['Id']],
          },
          {
            WorkerPoolId: (await byName(server, 'workerpools', 'Kitchen'))['Id'],
            Container: { FeedId: (await byName(server, 'feeds', 'Oven Images'))['Id'] },
            Properties: { 'Octopus.Action.Template.Id': (await byName(server, 'actiontemplates', 'Heat up'))['Id'] },
          },
        ],
      },
    ],
  });
  const release = await first('/api/releases');
  expect(release).toMatchObject({ Version: '7.1', ProjectId: project['Id'], ChannelId: channel['Id'] });
  const snapshot = await read(`/api/deploymentprocesses/${String(release['ProjectDeploymentProcessSnapshotId'])}`);
  expect(snapshot['Id']).toBe(`deploymentprocess-${String(project['Id'])}-s-4-8DWSK`);
  const tenant = await byName(server, 'tenants', 'Corner Shop');
  expect(tenant).toMatchObject({
    TenantTags: ['Size/Small'],
    ProjectEnvironments: { [String(project['Id'])]: [shop['Id']] },
  });
  expect(tenant).not.toHaveProperty('LogoAttachmentKey');
});

test('exported again, it has the same members, values and secrets', async () => {
  const project = await byName(server, 'projects', 'Bread Oven');
  const started = await server.call('POST', '/api/projects/import-export/export', {
    json: { IncludedProjectIds: [project['Id']], Password },
  });
  const task = String(started.json['TaskId']);
  await server.finished(task);
  const [artifact] = await artifactsOf(server, task);
  const zip = await contentOf(server, String((artifact!['Links'] as Json)['Content']));
  const entries = (await documentOf(zip, 'manifest.json'))['Entries'] as readonly Json[];
  const before = (JSON.parse(files['manifest.json']!) as Json)['Entries'] as readonly Json[];
  const travels = before.filter(({ DocumentType }) => DocumentType !== 'Machine');
  const types = (list: readonly Json[]) => list.map(({ DocumentType }) => String(DocumentType)).toSorted();
  expect(types(entries)).toEqual(types(travels));
  const key = deriveKey(Password.NewValue);
  const set = await documentOf(zip, String(project['VariableSetId']));
  const [hot, warm, pin] = set['Variables'] as readonly Json[];
  const original = JSON.parse(files['variableset-Projects-812-D4C63A85E7894C5D8C20D9297FEA1A43.json']!) as Json;
  expect(Object.keys(set)).toEqual(Object.keys(original));
  expect((original['Variables'] as Json[]).map(({ Id }) => Id)).toEqual(
    (set['Variables'] as Json[]).map(({ Id }) => Id),
  );
  expect([hot!['Value'], warm!['Value'], decryptValue(key, String(pin!['Value']))]).toEqual(['230', '180', '1847']);
  const values = await Promise.all([1, 2, 3].map((number) => documentOf(zip, `TenantVariables-${number}`)));
  const clear = values.map(({ Value }) =>
    typeof Value === 'string' ? Value : decryptValue(key, String((Value as Json)['SensitiveValue'])),
  );
  expect(clear.toSorted()).toEqual(['0123', "grandmother's", 'thick']);
});
