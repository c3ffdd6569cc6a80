import { describe, test } from '@jest/globals';
import { adapterContract, type ContractSetup } from '../../src/testing/index.ts';

/** The contract as jest tests, with a product's own beside them. */
export function describeAdapter(name: string, setup: ContractSetup, extras: () => void = () => undefined): void {
  describe(`${name} keeps the adapter contract`, () => {
    for (const { name: sentence, run } of adapterContract(setup)) test(sentence, run);
    extras();
  });
}
