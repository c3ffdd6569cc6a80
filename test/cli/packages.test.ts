import { copyFile, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { exitCodes } from '../../src/cli/exit-codes.ts';
import { hasZstd } from '../../src/package/index.ts';
import type { LineOptions } from '../support/command-line.ts';
import { sharedWorkshop } from '../support/shared-workshop.ts';

const { here, run } = sharedWorkshop();
const password = ['--password', 'env:MOVE_PASSWORD'];

/** A user with their own configuration folder, and so with their own keys. */
const as = (user: string): Partial<LineOptions> => ({
  env: {
    ...here().env,
    MIGRATOR_CONFIG_DIR: here().path(`${user}-config`),
    MIGRATOR_STATE_DIR: here().path(`${user}-state`),
    PHRASE: `the phrase of ${user}`,
  },
});
const keyFile = (user: string, name: string) => here().path(join(`${user}-config`, 'keys', name));

async function json<T>(user: string, ...args: string[]): Promise<T> {
  const { code, stdout, stderr } = await run([...args, '--json'], as(user));
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as T;
}
async function publicKeyOf(user: string) {
  return json<{ signing: { publicKey: string; keyId: string }; recipients: string[] }>(user, 'key', 'show');
}
const mode = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

beforeAll(async () => {
  await mkdir(here().path('handover/deep'), { recursive: true });
  await writeFile(here().path('handover/note.txt'), 'for the night shift\n');
  await writeFile(here().path('handover/deep/zeros.bin'), Buffer.alloc(300_000));
  for (const user of ['ann', 'ben', 'cid']) await json(user, 'key', 'generate');
});

describe('keys', () => {
  test('the first use creates keys for the user alone and says where, and the second use says nothing', async () => {
    const first = await run(['package', 'seal', 'handover', '-o', 'first.tar'], as('new'));
    expect(first.code).toBe(0);
    expect(first.stderr).toContain(`created your signing key ${keyFile('new', 'migrator.key')}`);
    expect(first.stderr).toContain(`created your encryption identity ${keyFile('new', 'identity.txt')}`);
    if (process.platform !== 'win32') {
      expect(await mode(keyFile('new', 'migrator.key'))).toBe('600');
      expect(await mode(keyFile('new', 'identity.txt'))).toBe('600');
    }
    const second = await run(['package', 'seal', 'handover', '-o', 'second.tar'], as('new'));
    expect(second.stderr).not.toContain('created');
    expect(await run(['package', 'verify', 'second.tar', '--content'], as('new'))).toMatchObject({ code: 0 });
  });

  test('keys that Windows rewrote are read: with a byte order mark, as UTF-16, with CRLF', async () => {
    const windows = (text: string) => Buffer.from(`\ufeff${text.replaceAll('\n', '\r\n')}`, 'utf16le');
    await json('cid', 'package', 'seal', 'handover', '-o', 'cid.tar');
    const at = as('cid').env?.['MIGRATOR_CONFIG_DIR'] ?? '';
    for (const encode of [windows, (text: string) => Buffer.from(`\ufeff${text}`)]) {
      for (const name of ['identity.txt', 'migrator.key', 'migrator.pub']) {
        const path = join(at, 'keys', name);
        const original = await readFile(path);
        await writeFile(path, encode(original.toString()));
        expect(await run(['package', 'verify', 'cid.tar', '--content'], as('cid'))).toMatchObject({ code: 0 });
        expect(await run(['package', 'seal', 'handover', '-o', 'again.tar', '--force'], as('cid'))).toMatchObject({
          code: 0,
        });
        await writeFile(path, original);
      }
    }
    const shared = await readFile(keyFile('cid', 'migrator.pub'), 'utf8');
    await writeFile(here().path('shared.pub'), windows(shared));
    expect(await run(['package', 'verify', 'cid.tar', '--trust', 'shared.pub'], as('ben'))).toMatchObject({ code: 0 });
  });

  test('key generate never replaces a key, and writes no key when one of the two exists', async () => {
    const before = await readFile(keyFile('ann', 'migrator.key'), 'utf8');
    expect(await run(['key', 'generate'], as('ann'))).toMatchObject({ code: exitCodes.conflict });
    expect(await readFile(keyFile('ann', 'migrator.key'), 'utf8')).toBe(before);
    await mkdir(here().path('half'), { recursive: true });
    await writeFile(here().path('half/identity.txt'), 'mine');
    expect(await run(['key', 'generate', '-o', 'half'], as('ann'))).toMatchObject({ code: exitCodes.conflict });
    expect(await readdir(here().path('half'))).toEqual(['identity.txt']);
  });

  test.each([
    ['nothing but its mark', [], []],
    ['the secret key', ['migrator.key'], ['migrator.key']],
    ['both signing keys', ['migrator.key', 'migrator.pub'], ['migrator.key', 'migrator.pub']],
  ])('key generate goes on after a run that was killed and left %s', async (_, left, same) => {
    const folder = here().path(`killed-${left.length}`);
    await mkdir(folder);
    for (const name of left) await copyFile(keyFile('ann', name), join(folder, name));
    await writeFile(join(folder, '.generating'), '');
    const made = await json<{ signing: { publicKey: string } }>('ann', 'key', 'generate', '-o', folder);
    expect((await readdir(folder)).sort()).toEqual(['identity.txt', 'migrator.key', 'migrator.pub']);
    for (const name of same) expect(await readFile(join(folder, name))).toEqual(await readFile(keyFile('ann', name)));
    expect(await readFile(join(folder, 'migrator.pub'), 'utf8')).toContain(made.signing.publicKey);
    expect(await run(['key', 'generate', '-o', folder], as('ann'))).toMatchObject({ code: exitCodes.conflict });
  });

  test('a signing key with a passphrase from a file signs when the rc file says where the passphrase is', async () => {
    await writeFile(here().path('phrase.txt'), 'open sesame\n', { mode: 0o600 });
    const made = await json<{ signing: { protected: boolean; publicKey: string } }>(
      'ann',
      ...['key', 'generate', '--kind', 'signing', '-o', 'safe', '--passphrase', 'file:phrase.txt'],
    );
    expect(made.signing.protected).toBe(true);
    await writeFile(here().path('safe.yaml'), 'keys: { signing: safe/migrator.key, passphrase: "file:phrase.txt" }');
    const seal = ['package', 'seal', 'handover', '--config', 'safe.yaml'];
    expect(await run([...seal, '-o', 'safe.tar'], as('ann'))).toMatchObject({ code: 0 });
    expect(await run(['package', 'verify', 'safe.tar', '--trust', 'safe/migrator.pub'], as('cid'))).toMatchObject({
      code: 0,
    });
    await writeFile(here().path('phrase.txt'), 'open barley\n', { mode: 0o600 });
    expect(await run([...seal, '-o', 'barley.tar'], as('ann'))).toMatchObject({ code: expect.any(Number), stdout: '' });
    expect(await readdir(here().folder)).not.toContain('barley.tar');
    // Without the passphrase migrator has to ask for it, but there is no terminal.
    const flag = ['package', 'seal', 'handover', '-o', 'ask.tar', '--signing-key', 'safe/migrator.key'];
    expect(await run(flag, as('ben'))).toMatchObject({ code: exitCodes.usage });
  });

  test('key show prints what others need and no secret', async () => {
    const { stdout } = await run(['key', 'show'], as('ann'));
    const { signing, recipients } = await publicKeyOf('ann');
    expect(stdout).toContain(`migrator key trust ${signing.publicKey}`);
    expect(stdout).toContain(`--recipient ${recipients[0]!}`);
    expect(stdout).not.toContain('AGE-SECRET-KEY');
    expect(await run(['key', 'show'], as('nobody'))).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('none yet'),
    });
  });

  test('the package of a colleague is refused until key trust, and the error names that command', async () => {
    const { recipients } = await publicKeyOf('ben');
    await json('ann', 'package', 'seal', 'handover', '-o', 'colleague.tar', '--recipient', recipients[0]!);
    const refused = await run(['package', 'verify', 'colleague.tar', '--content'], as('ben'));
    expect(refused.code).toBe(exitCodes.package);
    const { signing } = await publicKeyOf('ann');
    expect(refused.stderr).toContain(signing.keyId);
    expect(refused.stderr).toContain('migrator key trust');
    expect(await run(['package', 'verify', 'colleague.tar', '--allow-unsigned'], as('ben'))).toMatchObject({
      code: exitCodes.package,
      stderr: expect.stringContaining('--allow-unknown-signer'),
    });
    await json('ben', 'key', 'trust', signing.publicKey, '--name', 'ann');
    const inspected = await json('ben', 'package', 'inspect', 'colleague.tar');
    expect(inspected).toMatchObject({ signerName: 'ann' });
    const { stdout } = await run(['package', 'verify', 'colleague.tar', '--content'], as('ben'));
    expect(stdout).toMatch(/signed by ann \(\w{16}\), trusted by .*ann\.pub/u);
    expect(await json('ben', 'package', 'verify', 'colleague.tar')).toMatchObject({
      signerName: 'ann',
      trusted: true,
      trustedBy: expect.stringMatching(/ann\.pub$/u),
    });
    expect(await json('ben', 'key', 'show')).toMatchObject({
      trusted: expect.arrayContaining([expect.objectContaining({ keyId: signing.keyId, name: 'ann' })]),
    });
  });

  test('trust that a folder gives is named with the file that gives it', async () => {
    const { signing } = await publicKeyOf('ann');
    await json('ann', 'package', 'seal', 'handover', '-o', 'from-ann.tar');
    const cwd = here().path('gift');
    await mkdir(cwd);
    await writeFile(join(cwd, '.migratorrc.yaml'), `keys: { trust: ["${signing.publicKey}"] }`);
    const verify = ['package', 'verify', '../from-ann.tar'];
    expect((await run(verify, { ...as('cid'), cwd })).stdout).toMatch(
      /trusted by keys\.trust in .*gift\/\.migratorrc/u,
    );
    await writeFile(join(cwd, '.migratorrc.yaml'), 'defaults: { allowUnknownSigner: true }');
    const lenient = await run(verify, { ...as('cid'), cwd });
    expect(lenient.stdout).toMatch(/do not trust; defaults\.allowUnknownSigner in .*gift\/\.migratorrc/u);
  });

  test('key trust refuses a name that is in use or not possible', async () => {
    const { signing } = await publicKeyOf('ann');
    const other = (await publicKeyOf('cid')).signing.publicKey;
    await json('ben', 'key', 'trust', signing.publicKey, '--name', 'ann');
    for (const [key, name] of [
      [signing.publicKey, 'anna'],
      [other, 'ann'],
    ] as const)
      expect(await run(['key', 'trust', key, '--name', name], as('ben'))).toMatchObject({ code: exitCodes.conflict });
    expect(await run(['key', 'trust', '../ann.pub'], as('ben'))).toMatchObject({ code: exitCodes.usage });
    expect(await run(['key', 'trust', signing.publicKey, '--name', '../ann'], as('ben'))).toMatchObject({
      code: exitCodes.usage,
    });
  });
});

describe('package seal and open', () => {
  const open = (user: string, file: string, ...more: string[]) =>
    run(['package', 'open', file, '-o', `${user}-${file}-out`, ...more], as(user));

  test('a sealed folder and a sealed file come back unchanged', async () => {
    await json('ann', 'package', 'seal', 'handover', '-o', 'folder.tar');
    expect(await open('ann', 'folder.tar')).toMatchObject({ code: 0 });
    const out = here().path('ann-folder.tar-out');
    expect((await readdir(out, { recursive: true })).sort()).toEqual(['deep', join('deep', 'zeros.bin'), 'note.txt']);
    expect(await readFile(join(out, 'note.txt'), 'utf8')).toBe('for the night shift\n');
    expect(await readFile(join(out, 'deep', 'zeros.bin'))).toEqual(Buffer.alloc(300_000));
    await json(
      'ann',
      'package',
      'seal',
      'handover/note.txt',
      '-o',
      'file.tar',
      '--id',
      'Night.Note',
      '--package-version',
      '2.1.0',
    );
    const { manifest } = await json<{ manifest: { id: string; version: string } }>(
      'ann',
      'package',
      'inspect',
      'file.tar',
    );
    expect(manifest).toMatchObject({ id: 'Night.Note', version: '2.1.0' });
    expect(await open('ann', 'file.tar')).toMatchObject({ code: 0, stdout: expect.stringContaining('note.txt') });
  });

  test('without -o the package and the opened folder are named after its id and version', async () => {
    const folder = here().path('names');
    await mkdir(folder);
    const at = { ...as('ann'), cwd: folder };
    expect(await run(['package', 'seal', '../handover'], at)).toMatchObject({ code: 0 });
    expect(await readdir(folder)).toEqual(['handover.1.0.0.tar']);
    expect(await run(['package', 'open', 'handover.1.0.0.tar'], at)).toMatchObject({ code: 0 });
    expect((await readdir(folder)).sort()).toEqual(['handover.1.0.0', 'handover.1.0.0.tar']);
  });

  test('package open replaces no file without --force', async () => {
    await json('ann', 'package', 'seal', 'handover', '-o', 'force.tar');
    expect(await open('ann', 'force.tar')).toMatchObject({ code: 0 });
    const note = here().path('ann-force.tar-out/note.txt');
    await writeFile(note, 'changed since');
    expect(await open('ann', 'force.tar')).toMatchObject({ code: exitCodes.conflict });
    expect(await readFile(note, 'utf8')).toBe('changed since');
    expect(await open('ann', 'force.tar', '--force')).toMatchObject({ code: 0 });
    expect(await readFile(note, 'utf8')).toBe('for the night shift\n');
  });

  test('package seal replaces no file without --force', async () => {
    await writeFile(here().path('taken.tar'), 'precious');
    expect(await run(['package', 'seal', 'handover', '-o', 'taken.tar'], as('ann'))).toMatchObject({
      code: exitCodes.conflict,
    });
    expect(await readFile(here().path('taken.tar'), 'utf8')).toBe('precious');
    await json('ann', 'package', 'seal', 'handover', '-o', 'taken.tar', '--force');
    expect(await run(['package', 'verify', 'taken.tar'], as('ann'))).toMatchObject({ code: 0 });
  });

  test('several recipients can open a package, and nobody else can', async () => {
    const recipients = await Promise.all(['ben', 'cid'].map(async (user) => (await publicKeyOf(user)).recipients[0]!));
    const flags = recipients.flatMap((recipient) => ['--recipient', recipient]);
    const sealed = await run(['package', 'seal', 'handover', '-o', 'several.tar', ...flags], as('ann'));
    expect(sealed.stdout).toMatch(/for age1\w{6}…\w{6} and age1\w{6}…\w{6}; you cannot open it/u);
    const trust = ['--trust', (await publicKeyOf('ann')).signing.publicKey];
    expect(await open('ben', 'several.tar', ...trust)).toMatchObject({ code: 0 });
    expect(await open('cid', 'several.tar', ...trust)).toMatchObject({ code: 0 });
    expect(await open('ann', 'several.tar')).toMatchObject({ code: exitCodes.package });
    expect(await readdir(here().folder)).not.toContain('ann-several.tar-out');
    const identity = ['--identity', keyFile('ben', 'identity.txt')];
    expect(await open('ann', 'several.tar', ...identity)).toMatchObject({ code: 0 });
  });

  test('a package with a passphrase opens only with the right passphrase', async () => {
    const phrase = ['--passphrase', 'env:PHRASE'];
    await json('ann', 'package', 'seal', 'handover', '-o', 'phrase.tar', ...phrase);
    expect(await open('ann', 'phrase.tar', ...phrase)).toMatchObject({ code: 0 });
    const env = { ...as('ann').env, PHRASE: 'wrong' };
    expect(await run(['package', 'verify', 'phrase.tar', '--content', ...phrase], { env })).toMatchObject({
      code: exitCodes.package,
    });
    expect(await run(['package', 'verify', 'phrase.tar', '--content'], as('ann'))).toMatchObject({
      code: exitCodes.package,
    });
  });

  test('a passphrase on the command line gives a warning, and one in a variable gives none', async () => {
    const plain = await run(
      ['package', 'seal', 'handover', '-o', 'plain.tar', '--passphrase', 'on the line'],
      as('ann'),
    );
    expect(plain).toMatchObject({ code: 0, stderr: expect.stringContaining('on the command line') });
    expect(`${plain.stdout}${plain.stderr}`).not.toContain('on the line');
    const env = { ...as('ann').env, MIGRATOR_PASSPHRASE: 'of the environment' };
    const fromVariable = await run(['package', 'verify', 'plain.tar', '--content'], { env });
    expect(fromVariable).toMatchObject({
      code: exitCodes.package,
      stderr: expect.not.stringContaining('command line'),
    });
  });

  test('the defaults in the rc file name a passphrase file relative to the rc file', async () => {
    await mkdir(here().path('project/below'), { recursive: true });
    await writeFile(here().path('project/phrase'), 'beside the rc file\n', { mode: 0o600 });
    await writeFile(here().path('project/.migratorrc.yaml'), 'defaults: { passphrase: "file:phrase" }');
    const at = { ...as('ann'), cwd: here().path('project/below') };
    expect(await run(['package', 'seal', '../../handover', '-o', 'x.tar'], at)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('with a passphrase'),
    });
  });

  test('everybody who trusts the signer can open a package made with --unencrypted', async () => {
    await json('ann', 'package', 'seal', 'handover', '-o', 'unencrypted.tar', '--unencrypted');
    const trust = ['--trust', (await publicKeyOf('ann')).signing.publicKey];
    expect(await open('nobody', 'unencrypted.tar', ...trust)).toMatchObject({ code: 0 });
  });

  test('a package made with --unsigned is refused, and is accepted with --allow-unsigned', async () => {
    await json('ann', 'package', 'seal', 'handover', '-o', 'unsigned.tar', '--unsigned');
    expect(await open('ann', 'unsigned.tar')).toMatchObject({ code: exitCodes.package });
    const { code, stderr } = await open('ann', 'unsigned.tar', '--allow-unsigned');
    expect(code).toBe(0);
    expect(stderr).toContain('warning');
  });

  test.each([
    ['--unencrypted', '--recipient', 'age1x'],
    ['--unencrypted', '--passphrase', 'env:PHRASE'],
    ['--passphrase', 'env:PHRASE', '--recipient', 'age1x'],
    ['--unsigned', '--signing-key', 'x.key'],
    ['--unencrypted', '--private-manifest'],
  ])('package seal refuses flags that contradict each other: %s %s …', async (...flags) => {
    const { code, stderr } = await run(['package', 'seal', 'handover', '-o', 'clash.tar', ...flags], as('ann'));
    expect({ code, clash: stderr.includes('contradict') }).toEqual({ code: exitCodes.usage, clash: true });
    expect(await readdir(here().folder)).not.toContain('clash.tar');
  });

  const kinds = hasZstd() ? ['gzip', 'zstd', 'none', 'auto'] : ['gzip', 'none', 'auto'];
  test.each(kinds)('a package sealed with --compression %s names its method and opens again', async (kind) => {
    const file = `${kind}.tar`;
    await json('ann', 'package', 'seal', 'handover', '-o', file, '--compression', kind);
    const { manifest, size } = await json<{ size: number; manifest: { content: { compression: string } } }>(
      'ann',
      ...['package', 'inspect', file],
    );
    expect(manifest.content.compression).toBe(kind === 'auto' ? 'gzip' : kind);
    expect(size < 100_000).toBe(kind !== 'none');
    expect(await open('ann', file)).toMatchObject({ code: 0 });
  });

  test('package open refuses content that expands beyond --max-expanded-size', async () => {
    await json('ann', 'package', 'seal', 'handover', '-o', 'large.tar');
    expect(await open('ann', 'large.tar', '--max-expanded-size', '100KB')).toMatchObject({ code: exitCodes.package });
    expect(await open('ann', 'large.tar', '--max-expanded-size', 'huge')).toMatchObject({
      code: exitCodes.usage,
      stderr: expect.stringContaining('--max-expanded-size'),
    });
    expect(await open('ann', 'large.tar', '--max-expanded-size', '1MiB')).toMatchObject({ code: 0 });
  });

  test('package inspect, verify and open read a package from standard input', async () => {
    await json('ann', 'package', 'seal', 'handover', '-o', 'stream.tar');
    const input = await readFile(here().path('stream.tar'));
    for (const line of [
      ['package', 'inspect', '-'],
      ['package', 'verify', '-', '--content'],
      ['package', 'open', '-', '-o', 'from-stdin'],
    ]) {
      expect(await run(line, { ...as('ann'), input })).toMatchObject({ code: 0 });
    }
    expect(await readFile(here().path('from-stdin/note.txt'), 'utf8')).toBe('for the night shift\n');
    expect(await run(['package', 'verify', '-'], { ...as('ann'), input: input.subarray(0, 5000) })).toMatchObject({
      code: exitCodes.package,
    });
  });

  test('the error names a missing input file and a missing output folder', async () => {
    expect(await run(['package', 'seal', 'absent', '-o', 'a.tar'], as('ann'))).toMatchObject({
      code: exitCodes.usage,
      stderr: expect.stringContaining('absent'),
    });
    expect(await run(['package', 'seal', 'handover', '-o', 'no/such/a.tar'], as('ann'))).toMatchObject({
      code: exitCodes.usage,
      stderr: expect.stringContaining('no/such'),
    });
    expect(await run(['package', 'open', 'absent.tar'], as('ann'))).toMatchObject({
      code: exitCodes.usage,
      stderr: expect.stringContaining('absent.tar'),
    });
  });
});

describe('packages on an instance', () => {
  const exported = { id: 'Octopus.Space.Migration', version: '1.0.0-cli' };
  const ref = `${exported.id}@${exported.version}`;

  beforeAll(async () => {
    await json(
      'ann',
      ...['partial-export', '--from', 'lab', '--project', 'Billing', '--package-version', exported.version],
      ...[...password, '-o', 'export.tar'],
    );
  });

  test('a package on an instance is listed, downloaded sealed and raw, uploaded and deleted', async () => {
    const list = await run(['package', 'list', '--from', 'lab'], as('ann'));
    expect(list.stdout).toContain(ref);
    expect((await run(['package', 'list', '--from', 'lab', '--id', 'No.Such'], as('ann'))).stdout).toContain(
      'no packages',
    );
    await json('ann', 'package', 'download', ref, '--from', 'lab', '-o', 'down.tar');
    await json('ann', 'package', 'download', ref, '--from', 'lab', '--raw');
    const raw = `${exported.id}.${exported.version}.zip`;
    // A download that is cut goes on, also for a plain file and for standard output.
    const lost = { type: 'route', method: 'GET', path: '/api/*/raw', cut: 100, times: 1 } as const;
    for (const output of ['again.zip', '-']) {
      const heal = here().lab.faults.add(lost);
      const again = await run(['package', 'download', ref, '--from', 'lab', '--raw', '-o', output], as('ann'));
      expect({ output, code: again.code, err: again.stderr }).toMatchObject({ output, code: exitCodes.done });
      heal();
    }
    expect(await readFile(here().path('again.zip'))).toEqual(await readFile(here().path(raw)));
    expect((await readFile(here().path(raw))).subarray(0, 2).toString()).toBe('PK');
    expect(await run(['package', 'download', ref, '--from', 'lab', '--raw'], as('ann'))).toMatchObject({
      code: exitCodes.conflict,
    });
    expect(await run(['package', 'upload', raw, '--to', 'prod'], as('ann'))).toMatchObject({
      code: exitCodes.package,
      stderr: expect.stringContaining('--allow-unsigned'),
    });
    expect(await json('ann', 'package', 'upload', raw, '--to', 'prod', '--allow-unsigned')).toMatchObject({
      outcome: 'created',
      signer: null,
    });
    const four = 'Acme.Four.2026.11.27.1543.zip';
    await writeFile(here().path(four), await readFile(here().path(raw)));
    await json('ann', 'package', 'upload', four, '--to', 'lab', '--allow-unsigned');
    await json('ann', 'package', 'download', 'Acme.Four@2026.11.27.1543', '--from', 'lab', '-o', 'four.tar');
    expect(await run(['package', 'verify', 'four.tar', '--content'], as('ann'))).toMatchObject({
      code: exitCodes.done,
    });
    const forPeople = await run(['package', 'seal', four, '-o', 'people.tar'], as('ann'));
    expect(forPeople.stdout).toContain('--server-export');
    expect(await run(['package', 'upload', 'people.tar', '--to', 'prod'], as('ann'))).toMatchObject({
      code: exitCodes.package,
      stderr: expect.stringContaining('--server-export'),
    });
    const forServers = await run(['package', 'seal', four, '--server-export', '-o', 'servers.tar'], as('ann'));
    expect(forServers.stdout).toContain('as a package of the Migration API of Octopus Deploy');
    expect(
      await run(['package', 'seal', 'servers.tar', '--server-export', '-o', 'twice.tar'], as('ann')),
    ).toMatchObject({
      code: exitCodes.usage,
      stderr: expect.stringContaining('is a migrator package'),
    });
    await mkdir(here().path('nothing'));
    expect(await run(['package', 'seal', 'nothing', '--server-export'], as('ann'))).toMatchObject({
      code: exitCodes.usage,
      stderr: expect.stringContaining('holds no files'),
    });
    await writeFile(here().path('Acme.Text.1.0.0.zip'), 'hi\n');
    const text = await run(['package', 'seal', 'Acme.Text.1.0.0.zip', '--server-export', '-o', 'text.tar'], as('ann'));
    expect(text).toMatchObject({
      code: exitCodes.done,
      stderr: expect.stringContaining('does not look like an export of Octopus'),
    });
    for (const line of [
      ['package', 'upload', 'text.tar', '--to', 'prod'],
      ['package', 'upload', 'Acme.Text.1.0.0.zip', '--to', 'prod', '--allow-unsigned'],
      ['import', 'text.tar', '--to', 'prod', ...password, '--dry-run'],
    ])
      expect(await run(line, as('ann'))).toMatchObject({
        code: exitCodes.package,
        stderr: expect.stringContaining('is not a package of the Migration API'),
      });
    expect(await json('ann', 'package', 'upload', 'servers.tar', '--to', 'prod')).toMatchObject({
      outcome: 'created',
      package: { id: 'Acme.Four', version: '2026.11.27.1543' },
    });
    expect(await run(['package', 'delete', ref, '--from', 'prod'], as('ann'))).toMatchObject({ code: exitCodes.usage });
    expect(await json('ann', 'package', 'delete', ref, '--from', 'prod', '--from', 'lab', '--yes')).toMatchObject({
      results: [
        { instance: 'prod', result: 'deleted' },
        { instance: 'lab', result: 'deleted' },
      ],
    });
    expect(await run(['package', 'download', ref, '--from', 'prod'], as('ann'))).toMatchObject({
      code: exitCodes.usage,
    });
  });

  test('a name that no package can have is refused before the server starts to work', async () => {
    const line = ['partial-export', '--from', 'lab', '--project', 'Billing', ...password, '-o', 'odd.tar'];
    const { code, stderr } = await run([...line, '--package-id', 'Acme_'], as('ann'));
    expect({ code, stderr }).toEqual({
      code: exitCodes.usage,
      stderr: expect.stringContaining('"Acme_" cannot be the id'),
    });
    expect(stderr).not.toContain('export from lab started');
    expect((await run(['package', 'list', '--from', 'lab', '--id', 'Acme_'], as('ann'))).stdout).toContain(
      'no packages',
    );
  });

  test('a file name or a reference without id and version is a USAGE error', async () => {
    await writeFile(here().path('some.bin'), 'bytes');
    expect(await run(['package', 'upload', 'some.bin', '--to', 'prod', '--allow-unsigned'], as('ann'))).toMatchObject({
      code: exitCodes.usage,
      stderr: expect.stringContaining('some.bin'),
    });
    expect(await run(['package', 'download', 'no-version', '--from', 'lab'], as('ann'))).toMatchObject({
      code: exitCodes.usage,
      stderr: expect.stringContaining('<id>@<version>'),
    });
  });

  test('package upload and import read standard input', async () => {
    const input = await readFile(here().path('export.tar'));
    expect(await run(['package', 'upload', '-', '--to', 'prod'], { ...as('ann'), input })).toMatchObject({ code: 0 });
    expect(
      await run(['import', '-', '--to', 'prod', '--dry-run', '--on-conflict', 'keep', ...password], {
        ...as('ann'),
        input,
      }),
    ).toMatchObject({ code: 0, stdout: expect.stringContaining('nothing was changed') });
  });

  test('a package with a private manifest shows no names and can be imported', async () => {
    const secretly = await run(
      [
        ...['partial-export', '--from', 'lab', '--project', 'Web Shop', ...password, '-o', 'private.tar'],
        '--private-manifest',
      ],
      as('ann'),
    );
    expect(secretly.code).toBe(0);
    const { stdout } = await run(['package', 'inspect', 'private.tar', '--json'], as('ann'));
    expect(stdout).not.toMatch(/Web Shop|127\.0\.0\.1|\.zip/);
    const bytes = await readFile(here().path('private.tar'));
    expect(bytes.includes('Web Shop')).toBe(false);
    expect(await run(['import', 'private.tar', '--to', 'prod', ...password], as('ann'))).toMatchObject({ code: 0 });
    expect((await run(['inventory', '--from', 'prod'], as('ann'))).stdout).toContain('Web Shop');
  });

  test('import names the source that is neither a file nor a package', async () => {
    expect(await run(['import', 'absent.tar', '--to', 'prod', ...password], as('ann'))).toMatchObject({
      code: exitCodes.usage,
      stderr: expect.stringContaining('absent.tar'),
    });
    expect(await run(['import', 'No.Such@1.0.0', '--to', 'prod', ...password], as('ann'))).toMatchObject({
      code: exitCodes.usage,
      stderr: expect.stringContaining('No.Such'),
    });
  });
});

describe('contents of an instance', () => {
  test('inventory lists one kind or all kinds, and refuses an unknown kind', async () => {
    const { items } = await json<{ items: { kind: string; name: string }[] }>(
      'ann',
      'inventory',
      '--from',
      'lab',
      '--all',
    );
    const kinds = [...new Set(items.map(({ kind }) => kind))];
    expect(kinds).toEqual(expect.arrayContaining(['project', 'environment']));
    for (const kind of kinds) {
      const one = await json<{ items: { kind: string }[] }>('ann', 'inventory', kind, '--from', 'lab');
      expect(one.items.every((item) => item.kind === kind)).toBe(true);
      expect(one.items.length).toBe(items.filter((item) => item.kind === kind).length);
    }
    const { code, stderr } = await run(['inventory', 'projekt', '--from', 'lab'], as('ann'));
    expect(code).toBe(exitCodes.usage);
    expect(stderr).toContain('projekt');
  });

  test('job list, show and log describe jobs, and a handle of another product or instance is refused', async () => {
    const runs = await run(['job', 'list'], as('ann'));
    expect(runs.stdout).toMatch(/partial-export Web Shop +lab +done/);
    const { jobs } = await json<{ jobs: { handle: string; kind: string }[] }>('ann', 'job', 'list', '--from', 'lab');
    expect(jobs.length).toBeGreaterThan(0);
    const [job] = jobs;
    expect((await run(['job', 'show', job!.handle], as('ann'))).stdout).toContain('state:    succeeded');
    expect((await run(['job', 'log', job!.handle], as('ann'))).stdout).not.toBe('');
    const all = await json<{ jobs: unknown[] }>('ann', 'job', 'list', '--from', 'lab', '--all', '--limit', '100');
    expect(all.jobs.length).toBeGreaterThanOrEqual(jobs.length);
    expect((await json<{ jobs: unknown[] }>('ann', 'job', 'list', '--from', 'lab', '--limit', '1')).jobs).toHaveLength(
      1,
    );
    for (const handle of ['enms:lab:1', 'octopus:nowhere:ServerTasks-1', 'ServerTasks-1']) {
      expect(await run(['job', 'show', handle], as('ann'))).toMatchObject({ code: exitCodes.usage });
    }
    expect(await run(['job', 'list', '--limit', 'many'], as('ann'))).toMatchObject({
      code: exitCodes.usage,
      stderr: expect.stringContaining('--limit'),
    });
  });

  test('job list says that a new machine has no runs', async () => {
    await rm(here().path('fresh-state'), { recursive: true, force: true });
    expect(await run(['job', 'list'], as('fresh'))).toMatchObject({ code: 0, stdout: 'no runs on this machine yet\n' });
  });
});
