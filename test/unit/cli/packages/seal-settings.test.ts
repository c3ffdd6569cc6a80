import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Encrypter } from 'age-encryption';
import { createContext, type Context } from '../../../../src/cli/context.ts';
import type { SealOptions } from '../../../../src/cli/flags/sealing.ts';
import { keyPlaces } from '../../../../src/cli/keys/key-files.ts';
import { type KeyRing, openKeyRing } from '../../../../src/cli/keys/key-ring.ts';
import { sealSettings } from '../../../../src/cli/packages/seal-settings.ts';
import { systemRandom } from '../../../../src/cli/runtime.ts';
import { generateIdentity, generateSigningKey, printIdentity, printPublicKey } from '../../../../src/package/index.ts';
import { posix, run, testWith } from '../../../support/programs.ts';
import { testIO, type TestIO } from '../../../support/test-io.ts';
import { withTempDir } from '../../../support/with-temp-dir.ts';

const plain: SealOptions = { recipient: [], compression: 'auto' };

/** A user with a folder, and with an rc file if its text is given. */
async function asUser<T>(rc: string, work: (context: Context, io: TestIO, cwd: string) => Promise<T>): Promise<T> {
  return withTempDir(async (cwd) => {
    if (rc !== '') await writeFile(join(cwd, '.migratorrc.yaml'), rc);
    const io = testIO({
      cwd,
      home: cwd,
      env: { MIGRATOR_CONFIG_DIR: join(cwd, 'config'), PHRASE: 'Open, sesame: 7 doors' },
    });
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

  test.each([
    ['a signing key', '', { signingKey: 'nope' }],
    ['a recipient', '', { recipient: ['nope'] }],
    ['a signing key of the rc file', 'keys: { signing: nope }', {}],
    ['recipients of the rc file', 'keys: { recipients: [nope] }', {}],
  ])('%s that is wrong is refused before a key is created', async (_, rc, wrong) => {
    await asUser(rc, async (context, io) => {
      await expect(sealSettings({ ...plain, ...wrong }, context)).rejects.toThrow(/nope|keys\.recipients/);
      expect(io.err).not.toContain('created');
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

const opening = async (ring: KeyRing, ...named: readonly string[]) => (await ring.identities(named))(['age1x']);

describe('the key ring', () => {
  test('uses the identities of the command line, of the rc file and of the user', async () => {
    await asUser('keys: { identities: [team.txt] }', async (context, io, cwd) => {
      const ring = await openKeyRing(context);
      const texts = [generateIdentity(systemRandom), generateIdentity(systemRandom)];
      await writeFile(join(cwd, 'team.txt'), printIdentity(texts[0]!, new Date()), { mode: 0o600 });
      await writeFile(join(cwd, 'mine.txt'), printIdentity(texts[1]!, new Date()), { mode: 0o600 });
      expect(await opening(ring, 'mine.txt')).toHaveLength(2);
      await ring.recipients([]);
      expect(await opening(ring, 'mine.txt')).toHaveLength(3);
      await expect(() => ring.identities(['absent.txt'])).toThrowCode('NOT_FOUND');
      expect(io.err).not.toContain('can be read by other users');
    });
  });

  test('an identity file with a passphrase opens with a reference, from the rc file or from the flag', async () => {
    const locked = async (cwd: string) => {
      const age = new Encrypter();
      age.setPassphrase('Open, sesame: 7 doors');
      age.setScryptWorkFactor(10);
      const identity = printIdentity(generateIdentity(systemRandom), new Date(0));
      await writeFile(join(cwd, 'locked.txt'), await age.encrypt(identity), { mode: 0o600 });
    };
    await asUser('keys: { identities: [locked.txt], identityPassphrase: env:PHRASE }', async (context, _, cwd) => {
      await locked(cwd);
      expect(await opening(await openKeyRing(context))).toHaveLength(1);
    });
    await asUser('', async (context, _, cwd) => {
      await locked(cwd);
      const ring = await openKeyRing(context);
      await expect(() => ring.identities(['locked.txt'])).toThrowCode('USAGE');
      expect(await (await ring.identities(['locked.txt'], 'env:PHRASE'))(['age1x'])).toHaveLength(1);
      // It was opened once, so nobody is asked again.
      expect(await opening(ring, 'locked.txt')).toHaveLength(1);
    });
  });

  test("another's public key beside the user's signing key is not trusted, and the user is warned", async () => {
    await asUser('', async (context, io) => {
      const ring = await openKeyRing(context);
      const own = await ring.signingKey(undefined);
      const other = generateSigningKey(systemRandom);
      await writeFile(keyPlaces(io).signingPublic, printPublicKey(other.publicKey));
      expect((await ring.ownPublicKey())?.keyId).toBe(own.keyId);
      expect((await ring.trusted([])).map(({ key }) => key.keyId)).toEqual([own.keyId]);
      expect(io.err).toContain('is not the public key of your signing key');
      await expect(() => ring.signingKey(undefined)).toThrowCode('CONFIG_INVALID');
    });
  });

  testWith([posix], 'a key folder that others can write is warned of', async () => {
    await asUser('', async (context, io) => {
      const { folder } = keyPlaces(io);
      await mkdir(folder, { recursive: true });
      await chmod(folder, 0o777);
      await openKeyRing(context);
      expect(io.err).toContain(`"${folder}", which decides whom you trust, can be written by other users`);
    });
  });

  testWith([posix, 'mkfifo'], 'a pipe is no key file, and nobody waits for it', async () => {
    await asUser('', async (context, io, cwd) => {
      const ring = await openKeyRing(context);
      await mkdir(keyPlaces(io).trusted, { recursive: true });
      run('mkfifo', [join(cwd, 'pipe')], { cwd });
      await expect(() => ring.trusted([join(cwd, 'pipe')])).toThrowCode('USAGE');
      run('mkfifo', [join(keyPlaces(io).trusted, 'x.pub')], { cwd });
      await expect(() => ring.trusted([])).toThrowCode('USAGE');
    });
  });

  test('trusts the keys of the command line, of the rc file, of the key folder and of the user', async () => {
    const [given, team] = [generateSigningKey(systemRandom), generateSigningKey(systemRandom)];
    await asUser('keys: { trust: [team.pub] }', async (context, io, cwd) => {
      await writeFile(join(cwd, 'team.pub'), printPublicKey(team.publicKey));
      const ring = await openKeyRing(context);
      const before = await ring.trusted([String(given.publicKey)]);
      expect(before).toMatchObject([
        { key: given.publicKey, trustedBy: '--trust' },
        { key: team.publicKey, trustedBy: expect.stringMatching(/^keys\.trust in .*\.migratorrc/u) },
      ]);
      expect(await ring.ownPublicKey()).toBeUndefined();
      const own = await ring.signingKey(undefined);
      expect((await ring.trusted([])).map(({ key }) => key.keyId).sort()).toEqual([team.keyId, own.keyId].sort());
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
