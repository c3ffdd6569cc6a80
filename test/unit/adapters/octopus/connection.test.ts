import { describe, expect, test } from '@jest/globals';
import { readConnection } from '../../../../src/adapters/octopus/connection.ts';
import { Secret } from '../../../../src/secret.ts';

const connection = (settings: Record<string, unknown>, secrets: Record<string, Secret>) => ({
  name: 'prod',
  url: 'https://octopus.example',
  settings,
  secrets,
});
const apiKey = new Secret('API-1');
const accessToken = new Secret('eyJ');

describe('credentials', () => {
  test('an API key goes into its header', () => {
    expect(readConnection(connection({}, { apiKey })).headers()).toEqual({ 'x-octopus-apikey': apiKey });
  });

  test('an access token goes as Bearer and stays a secret', () => {
    const header = readConnection(connection({ space: 'Retail' }, { accessToken })).headers()['authorization'];
    expect(String(header)).toBe('***');
    expect((header as Secret).reveal()).toBe('Bearer eyJ');
  });
});

test.each<[string, Record<string, unknown>, Record<string, Secret>]>([
  ['no credential', {}, {}],
  ['two credentials', {}, { apiKey, accessToken }],
  ['an unknown setting', { sapce: 'x' }, { apiKey }],
  ['a wrong type', { space: 1 }, { apiKey }],
])('refuses %s', async (_, settings, secrets) => {
  await expect(() => readConnection(connection(settings, secrets))).toThrowCode('CONFIG_INVALID');
});
