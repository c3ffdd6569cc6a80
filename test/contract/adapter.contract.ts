import { describe, test } from '@jest/globals';
import { adapterContract, type ContractSetup } from '../../src/testing/index.ts';

/** Runs the contract as jest tests, together with the product's own tests. */
export function describeAdapter(name: string, setup: ContractSetup, extras: () => void = () => undefined): void {
  describe(`${name} keeps the adapter contract`, () => {
    for (const { name: sentence, run } of adapterContract(setup)) test(sentence, run);
    extras();
  });
}
