import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { Secret } from '../../../src/secret.ts';
import { parseIdentities, parsePublicKey } from '../../../src/package/index.ts';
import { carried, files, opened, plain, sealed, secretsIn, type Opening } from '../../support/packages.ts';
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

describe('a package made by an earlier version opens', () => {
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

describe('a package of format 2 opens, with the secrets that it carries', () => {
  const golden = ['v2-stored.tar', 'v2-gzip.tar', 'v2-private.tar', 'v2-passphrase.tar'];
  test.each(golden)('%s', async (name) => {
    const bytes = await fixture(name);
    expect(plain(await opened(bytes, await opening()))).toEqual(plain(files));
    expect(await secretsIn(bytes, await opening())).toEqual({ password: 'golden password' });
  });

  test.each(golden)('%s shows nothing of them outside', async (name) => {
    const text = (await fixture(name)).toString('latin1');
    expect(text).toContain('migrator-package/2');
    expect(text).not.toMatch(/golden|secrets\.json/);
  });
});

test.each([
  ['v1-stored.tar', {}],
  ['v2-stored.tar', { secrets: carried }],
])('sealing the same content again gives the bytes of %s: the format has not changed', async (name, change) => {
  expect((await fixture(name)).equals(await sealed({ compression: 'none', ...change }))).toBe(true);
});

test('a package that carries nothing is of format 1, byte for byte, also when it is asked to carry no secret', async () => {
  expect((await fixture('v1-stored.tar')).equals(await sealed({ compression: 'none', secrets: {} }))).toBe(true);
});
