import { afterEach, expect, test } from '@jest/globals';
import { startServer, stopServers, type Json } from './octopus-server.ts';

afterEach(stopServers);

const password = 'correct horse battery staple';

const names = (answer: { readonly json: Json }) => (answer.json as unknown as Json[]).map((one) => one['Name']);

test('a project moves from one server to another by way of the destination feed', async () => {
  const [source, target] = await Promise.all([startServer(), startServer({ sample: 'target' })]);
  const started = await source.call('POST', '/api/migrations/partialexport', {
    json: {
      Password: password,
      Projects: ['Web Shop', 'Billing'],
      PackageId: 'Acme.Move',
      PackageVersion: '1.0.0-run7',
      DestinationPackageFeed: target.url,
      DestinationApiKey: target.apiKey,
    },
  });
  expect(started.status).toBe(200);
  const exported = await source.finished(String(started.json['TaskId']));
  expect({ state: exported.task['State'], log: exported.log }).toMatchObject({ state: 'Success' });
  expect((await target.call('GET', '/api/packages/packages-Acme.Move.1.0.0-run7')).status).toBe(200);

  const importing = await target.call('POST', '/api/migrations/import', {
    json: { Password: password, PackageId: 'Acme.Move', PackageVersion: '1.0.0-run7' },
  });
  const imported = await target.finished(String(importing.json['TaskId']));
  expect({ state: imported.task['State'], log: imported.log }).toMatchObject({ state: 'Success' });
  expect(imported.task['HasWarningsOrErrors']).toBe(false);
  expect(names(await target.call('GET', '/api/projects/all'))).toEqual([
    'Billing',
    'Image Service',
    'Returns Portal',
    'Store Kiosk',
    'Web Shop',
  ]);
});
