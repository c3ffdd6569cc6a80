import { describe, expect, test } from '@jest/globals';
import { readConnection } from '../../../../src/adapters/microstrategy/connection.ts';
import { Secret } from '../../../../src/secret.ts';

const password = new Secret('p');
const apiToken = new Secret('t');
const connection = (
  settings: Record<string, unknown>,
  secrets: Record<string, Secret> = { password },
  url = 'https://bi.example/MicroStrategyLibrary',
) => ({ name: 'prod', url, settings, secrets });

describe('the Library', () => {
  test.each([
    'https://bi.example/MicroStrategyLibrary',
    'https://bi.example/MicroStrategyLibrary/',
    'https://bi.example/MicroStrategyLibrary/api',
    'https://bi.example/MicroStrategyLibrary/api/',
    'https://bi.example/MicroStrategyLibrary/auth/ui/loginPage',
    'https://bi.example/MicroStrategyLibrary//',
  ])('%s is the same environment', (url) => {
    expect(readConnection(connection({ username: 'ann' }, { password }, url))).toMatchObject({
      url: 'https://bi.example/MicroStrategyLibrary',
      environment: { id: 'https://bi.example/MicroStrategyLibrary/', name: 'prod' },
    });
  });

  test('may be at the root of the host, and may have another name than the instance', () => {
    const read = readConnection(
      connection({ username: 'ann', environmentName: 'Env 7' }, { password }, 'https://bi.example'),
    );
    expect(read.environment).toEqual({ id: 'https://bi.example/', name: 'Env 7' });
  });
});

test('an API token needs no user', () => {
  expect(readConnection(connection({ project: 'Sales' }, { apiToken }))).toMatchObject({
    credentials: { kind: 'token', apiToken },
    project: 'Sales',
  });
});

test.each<[string, Record<string, unknown>, Record<string, Secret>]>([
  ['no user', {}, { password }],
  ['no password', { username: 'ann' }, {}],
  ['no credential', {}, {}],
  ['user and token', { username: 'ann' }, { password, apiToken }],
  ['a login mode for a token', { loginMode: 'ldap' }, { apiToken }],
  ['an unknown login mode', { username: 'ann', loginMode: 'saml' }, { password }],
  ['an unknown setting', { username: 'ann', projekt: 'x' }, { password }],
  ['a wrong type', { username: 1 }, { password }],
])('refuses %s', async (_, settings, secrets) => {
  await expect(() => readConnection(connection(settings, secrets))).toThrowCode('CONFIG_INVALID');
});
