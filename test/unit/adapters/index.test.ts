import { describe, expect, test } from '@jest/globals';
import { products, productOptions } from '../../../src/adapters/index.ts';
import type { OptionSpec } from '../../../src/ports/options.ts';

const all = productOptions.flatMap(({ product, options }) => options.map((spec) => ({ product, spec })));

/** What the command line needs to know of a flag before it knows the product. */
const shape = ({ value, many = false, secret = false, file = false, choices = [] }: OptionSpec) => ({
  takesValue: value !== undefined,
  many,
  secret,
  file,
  // The words themselves are the product's own.
  hasWords: choices.length > 0,
});

describe('the flags of the products', () => {
  test('are there for each built-in product, with the account to ask for', () => {
    expect(productOptions.map(({ product }) => product).sort()).toEqual([...products].sort());
    for (const { account } of productOptions) expect(account).toEqual(expect.arrayContaining([expect.any(String)]));
  });

  test('have one shape wherever two products know the same name', () => {
    for (const { product, spec } of all) {
      const first = all.find((other) => other.spec.name === spec.name);
      expect([product, spec.name, shape(spec)]).toEqual([product, spec.name, first && shape(first.spec)]);
    }
  });

  test('are written in kebab case and described without a full stop', () => {
    for (const { spec } of all) {
      expect(spec.name).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
      expect(spec.description).not.toMatch(/\.$/);
    }
  });

  test('are known once by each product', () => {
    for (const { product, options } of productOptions) {
      const names = options.map(({ name }) => name);
      expect([product, names.filter((name, place) => names.indexOf(name) !== place)]).toEqual([product, []]);
    }
  });
});
