import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readerKey, startServer, stopServers, type Json, type OctopusServer } from './octopus-server.ts';

let server: OctopusServer;
let reader: string;
beforeAll(async () => {
  server = await startServer();
  reader = String((await server.call('GET', '/api/users/me', { key: readerKey })).json['Id']);
  const space = (await server.call('GET', '/api/spaces/Spaces-1')).json;
  const changed = await server.call('PUT', '/api/spaces/Spaces-1', {
    json: { ...space, SpaceManagersTeamMembers: [reader] },
  });
  expect(changed.status).toBe(200);
});
afterAll(stopServers);

const asReader = (method: string, path: string, json?: Json) =>
  server.call(method, path, { key: readerKey, ...(json === undefined ? {} : { json }) });

const Password = { HasValue: true, NewValue: 'p' };

test('a Space Manager may change what is in the space, and not in another space or outside', async () => {
  expect((await asReader('POST', '/api/Spaces-1/environments', { Name: 'Mine' })).status).toBe(201);
  expect((await asReader('POST', '/api/Spaces-2/environments', { Name: 'Not mine' })).status).toBe(403);
  expect((await asReader('POST', '/api/migrations/import', {})).status).toBe(403);
  expect((await asReader('POST', '/api/spaces', { Name: 'New' })).status).toBe(403);
});

test('the permissions of a Space Manager name the space', async () => {
  const { SpacePermissions } = (await asReader('GET', `/api/users/${reader}/permissions`)).json;
  expect(SpacePermissions).toMatchObject({ ProjectView: [{ SpaceId: null }], ProjectEdit: [{ SpaceId: 'Spaces-1' }] });
});

test('a Space Manager may export, and import only what comes from and goes to a space of theirs', async () => {
  const asked = { IncludedProjectIds: ['Projects-1'], Password };
  const started = await asReader('POST', '/api/Spaces-1/projects/import-export/export', asked);
  expect(started.status).toBe(200);
  const { task } = await server.finished(String(started.json['TaskId']));
  expect(task['State']).toBe('Success');
  const source = { Type: 'space', SpaceId: 'Spaces-1', TaskId: started.json['TaskId'] };
  const body = { ImportSource: source, Password };
  expect((await asReader('POST', '/api/Spaces-2/projects/import-export/import', body)).status).toBe(403);
  expect((await asReader('POST', '/api/Spaces-1/projects/import-export/import', body)).status).toBe(200);
  const other = await server.call('POST', '/api/Spaces-2/projects/import-export/export', {
    json: { IncludedProjectIds: [String((await projectOf('Spaces-2'))['Id'])], Password },
  });
  await server.finished(String(other.json['TaskId']));
  const foreign = { ...body, ImportSource: { ...source, SpaceId: 'Spaces-2', TaskId: other.json['TaskId'] } };
  const refused = await asReader('POST', '/api/Spaces-1/projects/import-export/import', foreign);
  expect([refused.status, refused.json['ErrorMessage']]).toEqual([403, expect.stringContaining('Spaces-2')]);
});

async function projectOf(space: string): Promise<Json> {
  return (JSON.parse((await server.call('GET', `/api/${space}/projects/all`)).text) as Json[])[0]!;
}
