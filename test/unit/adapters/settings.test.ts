import { describe, expect, test } from '@jest/globals';
import { adapterModules, productOptions, type Product } from '../../../src/adapters/index.ts';
import { MigratorError } from '../../../src/errors.ts';
import type { AdapterTools } from '../../../src/ports/adapter.ts';
import { Secret } from '../../../src/secret.ts';

const noTools = {} as AdapterTools;

/** What `create` says about one setting, beside credentials that are enough. */
async function said(product: string, name: string, value: unknown): Promise<string> {
  const module = await adapterModules[product as Product]();
  const account: Readonly<Record<string, object>> = {
    octopus: { secrets: { apiKey: new Secret('k') } },
    enms: { settings: { username: 'me' }, secrets: { password: new Secret('p') } },
    microstrategy: { settings: { username: 'me' }, secrets: { password: new Secret('p') } },
    snaplogic: { settings: { username: 'me' }, secrets: { password: new Secret('p') } },
  };
  const { settings = {}, secrets = {} } = account[product] as { settings?: object; secrets?: Record<string, Secret> };
  if (module.secretSettings.includes(name)) return '';
  try {
    module.create({ name: 'x', url: 'https://x.example', settings: { ...settings, [name]: value }, secrets }, noTools);
  } catch (error) {
    if (error instanceof MigratorError) return error.message;
  }
  return '';
}

describe.each(productOptions)(
  'the settings of $product, as data, are those of its adapter',
  ({ product, settings = [] }) => {
    test('each is taken by the adapter, with each of its choices', async () => {
      for (const { name, kind, choices } of settings)
        for (const value of choices ?? [kind === 'number' ? 35 : 'text'])
          expect(await said(product, name, value)).toBe('');
    });

    test('the adapter refuses what the data refuses', async () => {
      expect(await said(product, 'colour', 'red')).toContain('colour');
      for (const { name, secret } of settings.filter(({ choices }) => choices !== undefined))
        if (secret !== true) expect(await said(product, name, 'sideways')).toContain(name);
    });

    test('the secrets are the same', async () => {
      const { secretSettings } = await adapterModules[product as Product]();
      const secrets = settings.filter(({ secret }) => secret === true).map(({ name }) => name);
      expect(secrets.sort()).toEqual([...secretSettings].sort());
    });
  },
);
