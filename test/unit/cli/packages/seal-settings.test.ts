import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { createContext, type Context } from '../../../../src/cli/context.ts';
import type { SealOptions } from '../../../../src/cli/flags/sealing.ts';
import { keyPlaces } from '../../../../src/cli/keys/key-files.ts';
import { openKeyRing } from '../../../../src/cli/keys/key-ring.ts';
import { sealSettings } from '../../../../src/cli/packages/seal-settings.ts';
import { systemRandom } from '../../../../src/cli/runtime.ts';
import { generateIdentity, generateSigningKey, printIdentity, printPublicKey } from '../../../../src/package/index.ts';
import { testIO, type TestIO } from '../../../support/test-io.ts';
import { withTempDir } from '../../../support/with-temp-dir.ts';

const plain: SealOptions = { recipient: [], compression: 'auto' };

/** A user with a folder, and with an rc file if its text is given. */
async function asUser<T>(rc: string, work: (context: Context, io: TestIO, cwd: string) => Promise<T>): Promise<T> {
  return withTempDir(async (cwd) => {
    if (rc !== '') await writeFile(join(cwd, '.migratorrc.yaml'), rc);
    const io = testIO({ cwd, home: cwd, env: { MIGRATOR_CONFIG_DIR: join(cwd, 'config'), PHRASE: 'sesame' } });
    return work(createContext(io, []), io, cwd);
  });
}
const recipientsOf = (settings: Awaited<ReturnType<typeof sealSettings>>) =>
  settings.encryption !== undefined && 'recipients' in settings.encryption
    ? settings.encryption.recipients?.map(String)
    : undefined;

describe('sealSettings', () => {
  test('without flags, a package is signed with a key and encrypted to an identity, both created on first use', async () => {
    await asUser('', async (context, io) => {
      const first = await sealSettings(plain, context);
      expect(io.err.match(/created/g)).toHaveLength(2);
      const second = await sealSettings(plain, context);
      expect(io.err.match(/created/g)).toHaveLength(2);
      expect(second.signer?.keyId).toBe(first.signer?.keyId);
      expect(recipientsOf(second)).toEqual(recipientsOf(first));
      expect(first.createdBy).toMatch(/^migrator-cli \d/);
    });
  });

  test('--unsigned and --unencrypted create no keys', async () => {
    await asUser('', async (context, io) => {
      const settings = await sealSettings({ ...plain, unsigned: true, unencrypted: true }, context);
      expect(settings).toMatchObject({ signer: undefined, encryption: undefined, privateManifest: false });
      expect(io.err).toBe('');
    });
  });

  test('recipients of the command line replace those of the rc file, which replace the user', async () => {
    const [one, two] = [generateIdentity(systemRandom), generateIdentity(systemRandom)].map((key) =>
      String(key.recipient),
    );
    await asUser(`keys: { recipients: [${one!}] }`, async (context) => {
      expect(recipientsOf(await sealSettings({ ...plain, unsigned: true }, context))).toEqual([one]);
      const given = await sealSettings({ ...plain, unsigned: true, recipient: [two!, one!] }, context);
      expect(recipientsOf(given)).toEqual([two, one]);
      await expect(() => sealSettings({ ...plain, unsigned: true, recipient: ['age1nonsense'] }, context)).toThrowCode(
        'CONFIG_INVALID',
      );
    });
  });

  test('a passphrase creates no identity', async () => {
    await asUser('', async (context, io) => {
      const settings = await sealSettings({ ...plain, unsigned: true, passphrase: 'env:PHRASE' }, context);
      expect(settings.encryption).toHaveProperty('passphrase');
      expect(JSON.stringify(settings)).not.toContain('sesame');
      expect(io.err).toBe('');
    });
  });

  test('a named signing key must exist', async () => {
    await asUser('', async (context) => {
      await expect(() => sealSettings({ ...plain, signingKey: 'absent.key' }, context)).toThrowCode('NOT_FOUND');
    });
    await asUser('keys: { signing: absent.key }', async (context) => {
      await expect(() => sealSettings(plain, context)).toThrowCode('NOT_FOUND');
    });
  });
});

describe('the key ring', () => {
  test('uses the identities of the command line, of the rc file and of the user', async () => {
    await asUser('keys: { identities: [team.txt] }', async (context, io, cwd) => {
      const ring = await openKeyRing(context);
      const texts = [generateIdentity(systemRandom), generateIdentity(systemRandom)];
      await writeFile(join(cwd, 'team.txt'), printIdentity(texts[0]!, new Date()), { mode: 0o600 });
      await writeFile(join(cwd, 'mine.txt'), printIdentity(texts[1]!, new Date()), { mode: 0o600 });
      expect(await ring.identities(['mine.txt'])).toHaveLength(2);
      await ring.recipients([]);
      expect(await ring.identities(['mine.txt'])).toHaveLength(3);
      await expect(() => ring.identities(['absent.txt'])).toThrowCode('NOT_FOUND');
      expect(io.err).not.toContain('can be read by other users');
    });
  });

  test('trusts the keys of the command line, of the rc file, of the key folder and of the user', async () => {
    const [given, team] = [generateSigningKey(systemRandom), generateSigningKey(systemRandom)];
    await asUser('keys: { trust: [team.pub] }', async (context, io, cwd) => {
      await writeFile(join(cwd, 'team.pub'), printPublicKey(team.publicKey));
      const ring = await openKeyRing(context);
      const before = await ring.trusted([String(given.publicKey)]);
      expect(before.map(({ keyId }) => keyId)).toEqual([given.keyId, team.keyId]);
      expect(await ring.ownPublicKey()).toBeUndefined();
      const own = await ring.signingKey(undefined);
      expect((await ring.trusted([])).map(({ keyId }) => keyId)).toEqual([team.keyId, own.keyId]);
      expect((await ring.ownPublicKey())?.keyId).toBe(own.keyId);
      await expect(() => ring.trusted(['neither key nor file'])).toThrowCode('USAGE');
      expect(keyPlaces(io).folder.startsWith(cwd)).toBe(true);
    });
  });

  test('creates one key when two runs need a first key at the same time', async () => {
    await asUser('', async (context) => {
      const rings = await Promise.all([openKeyRing(context), openKeyRing(context)]);
      const keys = await Promise.allSettled(rings.map((ring) => ring.signingKey(undefined)));
      const made = keys.flatMap((key) => (key.status === 'fulfilled' ? [key.value.keyId] : []));
      const again = await rings[0].signingKey(undefined);
      expect(new Set([...made, again.keyId]).size).toBe(1);
      expect((await rings[0].ownPublicKey())?.keyId).toBe(again.keyId);
    });
  });
});
