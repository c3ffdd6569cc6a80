import { describe, expect, test } from '@jest/globals';
import { baseOf, redirectTarget, resolve } from '../../../src/http/origin.ts';

const base = baseOf('https://host.example/octopus');

test.each([
  ['api', 'https://host.example/octopus/api'],
  ['/octopus/api/tasks/1', 'https://host.example/octopus/api/tasks/1'],
  ['/api/tasks/1', 'https://host.example/octopus/api/tasks/1'],
  ['/octopus', 'https://host.example/octopus'],
  ['/octopus-two/x?y=/z', 'https://host.example/octopus/octopus-two/x?y=/z'],
  ['https://host.example/octopus/x', 'https://host.example/octopus/x'],
  ['https://host.example/x', 'https://host.example/octopus/x'],
  ['//evil.example/x', 'https://host.example/octopus//evil.example/x'],
  ['..//evil.example', 'https://host.example/octopus//evil.example'],
])('%s resolves to %s', (path, expected) => {
  expect(resolve(base, { path }).href).toBe(expected);
});

test('query values are added and encoded, and undefined ones are left out', () => {
  const url = resolve(base, { path: 'api/tasks?take=1', query: { name: 'a b&c', skip: undefined, all: true } });
  expect(url.search).toBe('?take=1&name=a+b%26c&all=true');
});

describe('a request to another origin', () => {
  test.each(['http://host.example/x', 'https://host.example:8443/x', 'https://evil.example/x', 'https://[bad/x'])(
    'is refused: %s',
    async (path) => {
      await expect(() => resolve(base, { path })).toThrowCode('REMOTE_UNEXPECTED');
    },
  );

  test.each(['https://evil.example/x', 'http://host.example/x', '//evil.example/'])(
    'is refused as a redirect: %s',
    async (location) => {
      await expect(() => redirectTarget(base, base, location)).toThrowCode('CONFIG_INVALID');
    },
  );

  test('is not guessed when a redirect names none', async () => {
    await expect(() => redirectTarget(base, base, undefined)).toThrowCode('REMOTE_UNEXPECTED');
  });

  test('is none when a redirect stays on the same origin', () => {
    expect(redirectTarget(base, base, '/elsewhere').href).toBe('https://host.example/octopus/elsewhere');
    expect(redirectTarget(base, base, '/octopus/x').href).toBe('https://host.example/octopus/x');
    const root = baseOf('https://host.example');
    expect(redirectTarget(root, root, '/elsewhere').href).toBe('https://host.example/elsewhere');
  });
});

test.each(['octopus', 'ftp://host/', 'https://user:secret@host/', ''])('%p is refused as a base URL', async (text) => {
  await expect(() => baseOf(text)).toThrowCode('CONFIG_INVALID');
});
