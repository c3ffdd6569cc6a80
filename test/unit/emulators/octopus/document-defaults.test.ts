// What a server adds to documents that clients make and change.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startServer, stopServers, type Json, type OctopusServer } from './octopus-server.ts';

let server: OctopusServer;
beforeAll(async () => {
  server = await startServer({ sample: false });
});
afterAll(stopServers);

const made = async (path: string, json: Json): Promise<Json> => {
  const answer = await server.call('POST', `/api/${path}`, { json });
  expect({ status: answer.status, text: answer.text }).toMatchObject({ status: 201 });
  return answer.json;
};

test('members that a client leaves out, or sends as null, have their defaults after a POST and after a PUT', async () => {
  const lifecycle = await made('lifecycles', { Name: 'Short', Phases: [{ Name: 'One' }] });
  const group = await made('projectgroups', { Name: 'Group' });
  const sent = { Name: 'Bare', LifecycleId: lifecycle['Id'], ProjectGroupId: group['Id'], ForcePackageDownload: null };
  const project = await made('projects', sent);
  const defaults = {
    AllowIgnoreChannelRules: false,
    ForcePackageDownload: false,
    DiscreteChannelRelease: false,
    IsVersionControlled: false,
    ProjectConnectivityPolicy: { SkipMachineBehavior: 'None', AllowDeploymentsToNoTargets: false },
  };
  expect(project).toMatchObject(defaults);
  const path = `/api/projects/${String(project['Id'])}`;
  const policy = { ProjectConnectivityPolicy: { AllowDeploymentsToNoTargets: true } };
  expect((await server.call('PUT', path, { json: { ...sent, ...policy } })).json).toMatchObject({
    ...defaults,
    ProjectConnectivityPolicy: { SkipMachineBehavior: 'None', AllowDeploymentsToNoTargets: true },
  });
  expect(lifecycle).toMatchObject({
    TentacleRetentionPolicy: { ShouldKeepForever: true },
    Phases: [{ MinimumEnvironmentsBeforePromotion: 0, IsOptionalPhase: false }],
  });
  expect(await made('environments', { Name: 'Env' })).toMatchObject({ AllowDynamicInfrastructure: false });
  expect(await made('workerpools', { Name: 'Pool' })).toMatchObject({ IsDefault: false });
});

test('the server counts the changes of a step template, whatever the client sends', async () => {
  const sent = { Name: 'Notify', ActionType: 'Octopus.Script', Properties: {} };
  const template = await made('actiontemplates', sent);
  expect(template['Version']).toBe(0);
  const path = `/api/actiontemplates/${String(template['Id'])}`;
  expect((await server.call('PUT', path, { json: sent })).json['Version']).toBe(1);
  expect((await server.call('PUT', path, { json: { ...sent, Version: 0 } })).json['Version']).toBe(2);
});

const pem = `-----BEGIN CERTIFICATE-----
MIIBqTCCAU+gAwIBAgIUFMOQPk7znGn3euErxMjdWArzndIwCgYIKoZIzj0EAwIw
KjENMAsGA1UECgwEQWNtZTEZMBcGA1UEAwwQd2ViLmFjbWUuZXhhbXBsZTAeFw0y
NjExMjgxNDI4MTVaFw00NjAxMjcxNDI4MTVaMCoxDTALBgNVBAoMBEFjbWUxGTAX
BgNVBAMMEHdlYi5hY21lLmV4YW1wbGUwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
AARvyDS968ktspU+iGuRWBwufY/NkoA+YzdoeQqYzQjvSOoRFET+VPETTMvNJBj6
PQWhhfTK3FCnBk4I5SHxLIGdo1MwUTAdBgNVHQ4EFgQUV7t9HtV8XiTZ3gpujvLI
nd6QQbcwHwYDVR0jBBgwFoAUV7t9HtV8XiTZ3gpujvLInd6QQbcwDwYDVR0TAQH/
BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiBPCyRDzlAGlKqMXS22/wsDSBwRRsS7
nahJ3OUGPxbwlAIhAJe3I2QxN/WIBiMZuorne84TBbMNespByZL3iVdCfg3E
-----END CERTIFICATE-----
`;

test('a new certificate shows what the server reads in it, and keeps that when only its notes change', async () => {
  const CertificateData = { HasValue: true, NewValue: Buffer.from(pem).toString('base64') };
  const certificate = await made('certificates', { Name: 'Web', CertificateData, Thumbprint: 'made up' });
  const members = {
    Thumbprint: '5BE8B7FD82BAED2165F3E5C8BAB7FCBFE2B29ED5',
    SubjectCommonName: 'web.acme.example',
    SubjectDistinguishedName: 'CN=web.acme.example, O=Acme',
    CertificateDataFormat: 'Pem',
    HasPrivateKey: false,
    SelfSigned: true,
    NotAfter: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
  };
  expect(certificate).toMatchObject(members);
  const path = `/api/certificates/${String(certificate['Id'])}`;
  const changed = await server.call('PUT', path, { json: { Name: 'Web', Notes: 'renewed', Thumbprint: 'other' } });
  expect(changed.json).toMatchObject({ ...members, Notes: 'renewed' });
  const none = await server.call('POST', '/api/certificates', { json: { Name: 'Empty' } });
  expect([none.status, none.text]).toEqual([400, expect.stringContaining('CertificateData')]);
});

test('each space has the team of its managers', async () => {
  const spaces = [(await server.call('GET', '/api/spaces/Spaces-1')).json, await made('spaces', { Name: 'Second' })];
  for (const { Id, SpaceManagersTeams } of spaces) {
    const [team] = SpaceManagersTeams as string[];
    expect((await server.call('GET', `/api/teams/${team!}`)).json).toMatchObject({
      Name: 'Space Managers',
      SpaceId: Id,
    });
  }
});
