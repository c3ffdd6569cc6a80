import { describe, test } from '@jest/globals';
import { adapterContract, type ContractSetup } from '../../src/testing/index.ts';

/** Runs the contract, or some of its cases, as jest tests, together with the product's own tests. */
export function describeAdapter(
  name: string,
  setup: ContractSetup,
  extras: () => void = () => undefined,
  chosen: (sentence: string) => boolean = () => true,
): void {
  describe(`${name} keeps the adapter contract`, () => {
    for (const { name: sentence, run } of adapterContract(setup)) if (chosen(sentence)) test(sentence, run);
    extras();
  });
}
