// Tasks of Projects Export/Import that are cancelled, or that meet a restart of their server.
import { afterAll, expect, test } from '@jest/globals';
import { parseFault } from '../../../../../src/emulators/index.ts';
import { newFolder, startServer, stopServers, type Json } from '../octopus-server.ts';
import { artifactsOf, byName, exportedZip, made, namesOf, startExport, startImport, uploaded } from './space-pair.ts';

afterAll(stopServers);

const project = { Name: 'Shop', Description: 'moves' };

test('a queued export runs after a restart, and its artifact and the uploads survive another one', async () => {
  const directory = await newFolder();
  const first = await startServer({ sample: false, directory, faults: [parseFault('stuck-queue')] });
  await made(first, 'POST', '/api/projects', project);
  const upload = await uploaded(first, Buffer.from('PK'));
  const { id } = await startExport(first, ['Shop']);
  expect((await first.call('GET', `/api/tasks/${id}`)).json['State']).toBe('Queued');
  await first.close();
  const second = await startServer({ directory });
  expect((await second.finished(id)).task['State']).toBe('Success');
  await second.close();
  const third = await startServer({ directory, version: '2024.2.1' });
  const [artifact] = await artifactsOf(third, id);
  const content = await third.call('GET', String((artifact!['Links'] as Json)['Content']));
  expect([content.status, content.text.slice(0, 2)]).toEqual([200, 'PK']);
  const files = (await third.call('GET', '/api/projects/import-export/import-files')).json['ProjectImportFiles'];
  expect(files).toEqual([{ Id: upload['UploadedFileId'], FileName: upload['UploadedFileId'] }]);
});

test('a cancelled import leaves nothing, and its server goes on', async () => {
  const server = await startServer({ sample: false, pace: 40 });
  await made(server, 'POST', '/api/projects', project);
  const zip = await exportedZip(server, ['Shop']);
  const space = String((await made(server, 'POST', '/api/spaces', { Name: 'Other' }))['Id']);
  const started = await startImport(server, await uploaded(server, zip, space), space);
  const task = String(started.json['TaskId']);
  expect((await server.call('POST', `/api/${space}/tasks/${task}/cancel`)).status).toBe(200);
  const end = await server.finished(task);
  expect(end.task['State']).toBe('Canceled');
  expect(end.log).toContain('The task was canceled');
  expect(await namesOf(server, 'projects', space)).toEqual([]);
  const again = await startImport(server, await uploaded(server, zip, space), space);
  expect((await server.finished(String(again.json['TaskId']))).task['State']).toBe('Success');
  expect((await byName(server, 'projects', 'Shop', space))['Description']).toBe('moves');
});

test('a removed space takes its uploads with it', async () => {
  const server = await startServer({ sample: false });
  const space = await made(server, 'POST', '/api/spaces', { Name: 'Short' });
  const id = String(space['Id']);
  await uploaded(server, Buffer.from('PK'), id);
  await made(server, 'PUT', `/api/spaces/${id}`, { ...space, TaskQueueStopped: true });
  expect((await server.call('DELETE', `/api/spaces/${id}`)).status).toBe(200);
  expect((await server.call('GET', `/api/${id}/projects/import-export/import-files`)).status).toBe(404);
});
