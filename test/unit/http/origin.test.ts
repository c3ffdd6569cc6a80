import { describe, expect, test } from '@jest/globals';
import { baseOf, redirectTarget, resolve } from '../../../src/http/origin.ts';

const base = baseOf('https://host.example/octopus');

test.each([
  ['api', 'https://host.example/octopus/api'],
  ['/octopus/api/tasks/1', 'https://host.example/octopus/api/tasks/1'],
  ['https://host.example/x', 'https://host.example/x'],
  ['//evil.example/x', 'https://host.example//evil.example/x'],
  ['..//evil.example', 'https://host.example//evil.example'],
])('%s resolves to %s', (path, expected) => {
  expect(resolve(base, { path }).href).toBe(expected);
});

test('query values are added and encoded, undefined ones left out', () => {
  const url = resolve(base, { path: 'api/tasks?take=1', query: { name: 'a b&c', skip: undefined, all: true } });
  expect(url.search).toBe('?take=1&name=a+b%26c&all=true');
});

describe('other origins', () => {
  test.each(['http://host.example/x', 'https://host.example:8443/x', 'https://evil.example/x', 'https://[bad/x'])(
    'refuses %s',
    async (path) => {
      await expect(() => resolve(base, { path })).toThrowCode('REMOTE_UNEXPECTED');
    },
  );

  test.each(['https://evil.example/x', 'http://host.example/x', '//evil.example/', undefined])(
    'refuses to be redirected to %s',
    async (location) => {
      await expect(() => redirectTarget(base, location)).toThrowCode('REMOTE_UNEXPECTED');
    },
  );

  test('follows on the same origin', () => {
    expect(redirectTarget(base, '/elsewhere').href).toBe('https://host.example/elsewhere');
  });
});

test.each(['octopus', 'ftp://host/', 'https://user:secret@host/', ''])('refuses %p as a base URL', async (text) => {
  await expect(() => baseOf(text)).toThrowCode('CONFIG_INVALID');
});
