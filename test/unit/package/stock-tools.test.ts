import { mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { Secret } from '../../../src/secret.ts';
import { decryptAge } from '../../../src/package/age/decrypt.ts';
import { encryptAge } from '../../../src/package/age/encrypt.ts';
import { isSignedBy } from '../../../src/package/minisign/signing-key.ts';
import { parseSignature } from '../../../src/package/minisign/signature.ts';
import {
  parseIdentities,
  parsePublicKey,
  parseSecretKey,
  printIdentity,
  printPublicKey,
  printSecretKey,
} from '../../../src/package/index.ts';
import { createdAt, forgedParts, part, tarOf } from '../../support/forgery.ts';
import { seededRandom } from '../../support/memory-bytes.ts';
import { collect, files, identity, once, opened, plain, sealed, signer } from '../../support/packages.ts';
import { nodeZstd, run, testWith } from '../../support/programs.ts';

const random = seededRandom('stock');
const cheap = { opsLimit: 2 ** 20, memLimit: 2 ** 24 };
const absent = () => Promise.resolve(undefined);
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'migrator-stock-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function place(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content, { mode: 0o600 });
  return path;
}

describe.each(['tar', 'bsdtar'])('a package opens without migrator, with %s', (tar) => {
  testWith([tar, 'sha256sum', 'minisign', 'age', 'gunzip'], 'check, decrypt and unpack', async () => {
    const cwd = join(folder, tar);
    await place(`${tar}/package.tar`, await sealed());
    await place(`${tar}/key.txt`, printIdentity(identity, new Date(0)));
    run(tar, ['-xf', 'package.tar'], { cwd });
    run('sha256sum', ['-c', '--strict', 'SHA256SUMS'], { cwd });
    const said = run('minisign', ['-V', '-m', 'SHA256SUMS', '-P', signer.publicKey.toString()], { cwd });
    expect(said).toContain('id=acme-web version=1.2.3');
    run('age', ['-d', '-i', 'key.txt', '-o', 'content.tar.gz', 'content.tar.gz.age'], { cwd });
    run('gunzip', ['content.tar.gz'], { cwd });
    await mkdir(join(cwd, 'out'));
    run(tar, ['-xf', '../content.tar'], { cwd: join(cwd, 'out') });
    for (const { path, bytes } of files) {
      expect(Buffer.from(bytes).equals(await readFile(join(cwd, 'out', path)))).toBe(true);
    }
  });
});

testWith([nodeZstd, 'tar', 'age', 'zstd'], 'a package with zstd opens without migrator', async () => {
  const cwd = dirname(await place('with-zstd/package.tar', await sealed({ compression: 'zstd' })));
  await place('with-zstd/key.txt', printIdentity(identity, new Date(0)));
  run('tar', ['-xf', 'package.tar'], { cwd });
  run('age', ['-d', '-i', 'key.txt', '-o', 'content.tar.zst', 'content.tar.zst.age'], { cwd });
  run('zstd', ['-d', 'content.tar.zst'], { cwd });
  run('tar', ['-xf', 'content.tar'], { cwd });
  for (const { path, bytes } of files) {
    expect(Buffer.from(bytes).equals(await readFile(join(cwd, path)))).toBe(true);
  }
});

describe('age', () => {
  testWith(['age', 'age-keygen'], 'its keys and files are ours', async () => {
    const text = run('age-keygen', [], { cwd: folder });
    const [theirs] = parseIdentities(text);
    expect(text).toContain(`# public key: ${String(theirs?.recipient.toString())}`);
    const bytes = random.bytes(200_000);
    const plain = await place('plain.bin', bytes);
    run('age', ['-r', theirs!.recipient.toString(), '-o', 'theirs.age', plain], { cwd: folder });
    const file = await readFile(join(folder, 'theirs.age'));
    expect(Buffer.from(await collect(decryptAge(once(file), { identities: [theirs!] }))).equals(bytes)).toBe(true);
  });

  testWith(['age'], 'our files are its, with several recipients', async () => {
    const bytes = random.bytes(200_000);
    const [other] = parseIdentities(printIdentity(identity, new Date(0)));
    await place(
      'ours.age',
      await collect(encryptAge(once(bytes), { recipients: [other!.recipient, identity.recipient] }, random)),
    );
    const key = await place('ours.txt', printIdentity(identity, new Date(0)));
    run('age', ['-d', '-i', key, '-o', 'ours.bin', 'ours.age'], { cwd: folder });
    expect(Buffer.from(bytes).equals(await readFile(join(folder, 'ours.bin')))).toBe(true);
  });
});

describe('age with a passphrase', () => {
  // age asks the terminal, never standard input: `script` gives it one.
  const age = (command: string, cwd: string) =>
    run('script', ['-qec', `age ${command}`, '/dev/null'], { cwd, input: 'open sesame\nopen sesame\n' });

  testWith(['age', 'script'], 'ours opens with age, and its opens with ours', async () => {
    const passphrase = new Secret('open sesame');
    const bytes = random.bytes(70_000);
    await place('phrase/ours.age', await collect(encryptAge(once(bytes), { passphrase }, random)));
    const plainFile = await place('phrase/plain', bytes);
    const cwd = dirname(plainFile);
    age('-d -o ours.bin ours.age', cwd);
    expect(Buffer.from(bytes).equals(await readFile(join(cwd, 'ours.bin')))).toBe(true);
    age('-p -o theirs.age plain', cwd);
    const theirs = await readFile(join(cwd, 'theirs.age'));
    const keys = { identities: [], passphrase: () => Promise.resolve(passphrase) };
    expect(Buffer.from(await collect(decryptAge(once(theirs), keys))).equals(bytes)).toBe(true);
  });
});

describe('what stock programs make, inside a container', () => {
  const paths = files.filter(({ path }) => path.startsWith('native/') || path.startsWith('objects/'));
  const recipient = identity.recipient.toString();

  /** Compressed, encrypted, summed and signed by the programs; only the tar headers, which have one form, are ours. */
  async function assembled(compression: 'gzip' | 'zstd'): Promise<Uint8Array> {
    const suffix = compression === 'gzip' ? '.gz' : '.zst';
    const member = `content.tar${suffix}.age`;
    const cwd = dirname(
      await place(`${compression}/content.tar`, tarOf(paths.map((file) => part(file.path, file.bytes)))),
    );
    run(compression, ['content.tar'], { cwd });
    run('age', ['-r', recipient, '-o', member, `content.tar${suffix}`], { cwd });
    const content = { compression, encryption: 'recipients', member, recipients: [recipient] };
    const [, manifest] = forgedParts({ listed: paths, content });
    await place(`${compression}/manifest.json`, manifest!.bytes);
    await place(`${compression}/SHA256SUMS`, run('sha256sum', [member, 'manifest.json'], { cwd }));
    await place(`${compression}/key.sec`, await printSecretKey(signer, undefined, random, cheap));
    const untrusted = `signature from migrator key ${signer.keyId}`;
    const trusted = `format=migrator-package/1 id=acme version=1.0.0 created=${createdAt}`;
    run('minisign', ['-S', '-s', 'key.sec', '-m', 'SHA256SUMS', '-c', untrusted, '-t', trusted], { cwd, input: '\n' });
    const names = [member, 'manifest.json', 'SHA256SUMS', 'SHA256SUMS.minisig'];
    return tarOf(await Promise.all(names.map(async (name) => part(name, await readFile(join(cwd, name))))));
  }

  testWith(['gzip', 'age', 'sha256sum', 'minisign'], 'opens with migrator', async () => {
    expect(plain(await opened(await assembled('gzip')))).toEqual(plain(paths));
  });

  testWith([nodeZstd, 'zstd', 'age', 'sha256sum', 'minisign'], 'opens with migrator, zstd', async () => {
    expect(plain(await opened(await assembled('zstd')))).toEqual(plain(paths));
  });

  describe.each(['tar', 'bsdtar'])('a package packed again with %s', (tar) => {
    testWith([tar], 'is refused: other headers are another file', async () => {
      const cwd = join(folder, `again-${tar}`);
      await place(`again-${tar}/package.tar`, await sealed());
      run(tar, ['-xf', 'package.tar'], { cwd });
      const names = ['content.tar.gz.age', 'manifest.json', 'SHA256SUMS', 'SHA256SUMS.minisig'];
      run(tar, ['--format=ustar', '-cf', 'again.tar', ...names], { cwd });
      const again = await readFile(join(cwd, 'again.tar'));
      await expect(() => opened(again)).toThrowCode('PACKAGE_MALFORMED');
    });
  });
});

describe('minisign', () => {
  testWith(['minisign'], 'signs with our keys, protected and not', async () => {
    await place('message', 'signed by minisign');
    await place('key.pub', printPublicKey(signer.publicKey));
    const secret = new Secret('open sesame');
    for (const passphrase of [secret, undefined]) {
      const key = await place('key.sec', await printSecretKey(signer, passphrase, random, cheap));
      const answer = passphrase === undefined ? '' : `${passphrase.reveal()}\n`;
      run('minisign', ['-S', '-s', key, '-m', 'message', '-t', 'a comment'], { cwd: folder, input: answer });
      run('minisign', ['-V', '-p', 'key.pub', '-m', 'message'], { cwd: folder });
      const text = (await readFile(join(folder, 'message.minisig'), 'utf8')).split('\n');
      text[0] = `untrusted comment: signature from migrator key ${signer.keyId}`;
      const signature = parseSignature(Buffer.from(text.join('\n')));
      expect(signature.keyId).toBe(signer.keyId);
      expect(isSignedBy(signer.publicKey, signature, Buffer.from('signed by minisign'))).toBe(true);
    }
  });

  testWith(['minisign'], 'its keys sign for us', async () => {
    run('minisign', ['-G', '-W', '-f', '-p', 'their.pub', '-s', 'their.sec'], { cwd: folder });
    const theirs = await parseSecretKey(await readFile(join(folder, 'their.sec'), 'utf8'), absent);
    const publicKey = parsePublicKey(await readFile(join(folder, 'their.pub'), 'utf8'));
    expect(theirs.publicKey.toString()).toBe(publicKey.toString());
    await place('note', 'signed by us');
    await place('note.minisig', theirs.sign(Buffer.from('signed by us'), 'a comment'));
    expect(run('minisign', ['-V', '-p', 'their.pub', '-m', 'note'], { cwd: folder })).toContain('a comment');
  });

  testWith(['minisign'], 'its protected keys open with the passphrase', async () => {
    const options = { cwd: folder, input: 'sesame\nsesame\n' };
    run('minisign', ['-G', '-f', '-p', 'locked.pub', '-s', 'locked.sec'], options);
    const text = await readFile(join(folder, 'locked.sec'), 'utf8');
    const theirs = await parseSecretKey(text, () => Promise.resolve(new Secret('sesame')));
    expect(theirs.publicKey.toString()).toBe(
      parsePublicKey(await readFile(join(folder, 'locked.pub'), 'utf8')).toString(),
    );
    await expect(() => parseSecretKey(text, absent)).toThrowCode('PACKAGE_LOCKED');
  });
});
