import { describe, expect, test } from '@jest/globals';
import { Secret } from '../../../src/secret.ts';
import { inspect, seal, verify, type SealInput } from '../../../src/package/index.ts';
import { MemorySink, MemorySource, seededRandom } from '../../support/memory-bytes.ts';
import {
  entriesOf,
  files,
  identity,
  input,
  never,
  opened,
  plain,
  sealed,
  signer,
  trust,
} from '../../support/packages.ts';

const lenient = { trusted: [], allowUnsigned: true };

describe('seal, verify and open', () => {
  test.each<[string, Partial<SealInput>]>([
    ['everything on', {}],
    ['gzip', { compression: 'gzip' }],
    ['no compression', { compression: 'none' }],
    ['not encrypted', { encryption: undefined }],
    ['a private manifest', { privateManifest: true }],
    ['no source', { source: undefined }],
    ['no files', { entries: entriesOf([]) }],
  ])('round trip: %s', async (_, change) => {
    const bytes = await sealed(change);
    expect(plain(await opened(bytes))).toEqual(change.entries === undefined ? plain(files) : []);
  });

  test('round trip: not signed', async () => {
    const bytes = await sealed({ signer: undefined });
    await expect(() => opened(bytes)).toThrowCode('PACKAGE_UNTRUSTED');
    expect(plain(await opened(bytes, { trust: lenient }))).toEqual(plain(files));
  });

  test('round trip: passphrase', async () => {
    const bytes = await sealed({ encryption: { passphrase: new Secret('correct horse') } });
    const answers = (passphrase: string) => ({
      keys: { identities: [], passphrase: () => Promise.resolve(new Secret(passphrase)) },
    });
    expect(plain(await opened(bytes, answers('correct horse')))).toEqual(plain(files));
    await expect(() => opened(bytes, answers('battery'))).toThrowCode('PACKAGE_LOCKED');
    await expect(() => opened(bytes)).toThrowCode('PACKAGE_LOCKED');
  });

  test('the same input gives the same bytes', async () => {
    expect(Buffer.from(await sealed()).equals(await sealed())).toBe(true);
    expect(Buffer.from(await sealed()).equals(await sealed({}, 'other'))).toBe(false);
  });
});

test('commits on success, discards on failure', async () => {
  const good = new MemorySink();
  const result = await seal(input(), good, { random: seededRandom('x') }, never);
  expect(good.state).toBe('committed');
  expect(result.size).toBe(good.bytes.length);
  const bad = new MemorySink();
  await expect(() => seal(input({ id: 'a/b' }), bad, { random: seededRandom('x') }, never)).toThrowCode('USAGE');
  expect(bad.state).toBe('discarded');
});

test('inspect and verify tell what is inside', async () => {
  const source = new MemorySource(await sealed());
  const inspection = await inspect(source);
  expect(inspection.members.map(({ name }) => name)).toEqual([
    'content.tar.gz.age',
    'manifest.json',
    'SHA256SUMS',
    'SHA256SUMS.minisig',
  ]);
  expect(inspection.signature?.keyId).toBe(signer.keyId);
  expect(inspection.manifest.content.recipients).toEqual([identity.recipient.toString()]);
  const verified = await verify(source, trust, never);
  expect(verified.signer).toEqual({ keyId: signer.keyId, trusted: true });
  expect(verified.manifest).toEqual(inspection.manifest);
});
