import { afterEach, expect, test } from '@jest/globals';
import { get, namesOf, post, startServer, stopServers } from './enms-server.ts';

afterEach(stopServers);

test('a router shows its links as lists, and loses every link that it does not name any more', async () => {
  const server = await startServer({ sample: false });
  await post(server, 'router', [{ name: 'a' }, { name: 'b' }]);
  await post(server, 'link', [
    { name: 'first', source: 'a', destination: 'b' },
    { name: 'second', source: 'a', destination: 'b' },
  ]);
  expect(await get(server, 'router', 'a')).toMatchObject({ source: ['first', 'second'], destination: [] });
  await post(server, 'router', { name: 'a', location: 'Paris' });
  expect(await namesOf(server, 'link')).toEqual(['first', 'second']);
  await post(server, 'router', { name: 'a', source: ['second'] });
  expect(await namesOf(server, 'link')).toEqual(['second']);
});

test('a folder deletes the rows of files that it does not name any more', async () => {
  const server = await startServer({ sample: false });
  await post(server, 'folder', { name: 'x', path: '/x' });
  await post(server, 'file', [
    { name: 'one', path: '/x/one' },
    { name: 'two', path: '/x/two' },
  ]);
  await post(server, 'folder', { name: 'x', path: '/x', files: ['>x>one', '>x>two'] });
  await post(server, 'folder', { name: 'x', path: '/x', files: ['>x>two'] });
  const names = await namesOf(server, 'file');
  expect([names.includes('>x>one'), names.includes('>x>two')]).toEqual([false, true]);
});

test('users and groups show what refers to them', async () => {
  const server = await startServer({ sample: false });
  await post(server, 'group', { name: 'netops' });
  await post(server, 'device', { name: 'a', rbac_read: ['netops'] });
  expect(await get(server, 'user', 'admin')).toMatchObject({ user_devices: ['a'] });
  expect(await get(server, 'group', 'netops')).toMatchObject({ rbac_read_devices: ['a'] });
});
