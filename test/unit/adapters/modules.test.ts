import { describe, expect, test } from '@jest/globals';
import {
  adapterModules,
  checkAdapterModule,
  isProduct,
  products,
  productOptions,
} from '../../../src/adapters/index.ts';

const acme = { contract: 1, product: 'acme', secretSettings: ['token'], create: () => ({}) };

test.each([...products])('%s can be loaded and has its options', async (product) => {
  expect(await adapterModules[product]()).toMatchObject({ contract: 1, product });
  expect(productOptions.map((entry) => entry.product)).toContain(product);
  expect(adapterModules).toHaveProperty(product);
  expect(isProduct(product)).toBe(true);
  expect(isProduct(`${product}x`)).toBe(false);
});

describe('options', () => {
  const all = productOptions.flatMap(({ product, options }) => options.map((option) => ({ product, ...option })));

  test.each(all.map((option) => [`${option.product} --${option.name}`, option] as const))('%s', (_, option) => {
    expect(option.name).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(option.description).not.toMatch(/\.$/);
    expect(option.verbs.length).toBeGreaterThan(0);
    if (option.secret === true) expect(option.value).toBeDefined();
  });

  test('have a name that is unique in their product', () => {
    for (const { options } of productOptions) {
      expect(new Set(options.map(({ name }) => name)).size).toBe(options.length);
    }
  });
});

describe("somebody else's module", () => {
  test('that keeps the contract is taken', () => {
    expect(checkAdapterModule(acme, './acme.mjs')).toBe(acme);
  });

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['a function', () => acme],
    ['no contract', { ...acme, contract: undefined }],
    ['a later contract', { ...acme, contract: 2 }],
    ['no product', { ...acme, product: '' }],
    ['the name of a built-in product', { ...acme, product: 'octopus' }],
    ['no list of secrets', { ...acme, secretSettings: 'token' }],
    ['settings that are no list', { ...acme, settings: 'token' }],
    ['a setting without a name', { ...acme, settings: [{ kind: 'text' }] }],
    ['a setting of another kind', { ...acme, settings: [{ name: 'port', kind: 'date' }] }],
    ['no create', { ...acme, create: undefined }],
    ['a request that is no function', { ...acme, request: 'all' }],
  ])('with %s is CONFIG_INVALID and named', async (_, value) => {
    await expect(() => checkAdapterModule(value, './acme.mjs')).toThrowCode('CONFIG_INVALID');
    expect(() => checkAdapterModule(value, './acme.mjs')).toThrow('./acme.mjs');
  });
});
