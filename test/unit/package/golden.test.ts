import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { Secret } from '../../../src/secret.ts';
import { parseIdentities, parsePublicKey } from '../../../src/package/index.ts';
import { files, opened, plain, sealed, type Opening } from '../../support/packages.ts';
import { nodeZstd, testWith } from '../../support/programs.ts';

const fixture = (name: string) => readFile(new URL(`../../fixtures/package/${name}`, import.meta.url));

async function opening(): Promise<Required<Pick<Opening, 'keys' | 'trust'>>> {
  return {
    keys: {
      identities: parseIdentities((await fixture('identity.txt')).toString()),
      passphrase: () => Promise.resolve(new Secret('correct horse battery staple')),
    },
    trust: { trusted: [parsePublicKey((await fixture('signer.pub')).toString())], allowUnsigned: false },
  };
}

describe('golden packages open', () => {
  test.each(['v1-stored.tar', 'v1-gzip.tar', 'v1-private.tar', 'v1-passphrase.tar'])('%s', async (name) => {
    expect(plain(await opened(await fixture(name), await opening()))).toEqual(plain(files));
  });

  test('v1-plain.tar', async () => {
    const trust = { trusted: [], allowUnsigned: true };
    expect(plain(await opened(await fixture('v1-plain.tar'), { trust }))).toEqual(plain(files));
  });

  testWith([nodeZstd], 'v1-zstd.tar', async () => {
    expect(plain(await opened(await fixture('v1-zstd.tar'), await opening()))).toEqual(plain(files));
  });
});

test('the format fence: sealing the same again gives the same bytes', async () => {
  expect((await fixture('v1-stored.tar')).equals(await sealed({ compression: 'none' }))).toBe(true);
});
