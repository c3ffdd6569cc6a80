import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { keyPlaces } from '../../../../../src/cli/keys/key-files.ts';
import { prepareRotation, rotationSteps } from '../../../../../src/cli/keys/rotation.ts';
import { systemRandom } from '../../../../../src/cli/runtime.ts';
import { generateIdentity, generateSigningKey, printIdentity } from '../../../../../src/package/index.ts';
import { commandLine } from '../../../../support/command-line.ts';
import { testIO } from '../../../../support/test-io.ts';

let folder = '';
const phrases = { KEY: 'seven wet otters', IDENTITY: 'nine dry badgers', EASY: 'Password1234' };

const envOf = (user: string) => ({
  MIGRATOR_CONFIG_DIR: join(folder, user),
  MIGRATOR_STATE_DIR: join(folder, `${user}-state`),
  ...phrases,
});
const placesOf = (user: string) => keyPlaces(testIO({ cwd: folder, home: folder, env: envOf(user) }));
const as = (user: string, args: readonly string[], env: Readonly<Record<string, string | undefined>> = {}) =>
  commandLine(args, { cwd: folder, env: { HOME: folder, ...envOf(user), ...env } });

async function json<T = Record<string, unknown>>(user: string, args: readonly string[], env = {}): Promise<T> {
  const { code, stdout, stderr } = await as(user, [...args, '--json'], env);
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as T;
}

interface Generated {
  readonly signing: { readonly keyId: string; readonly publicKey: string; readonly kept: boolean };
  readonly identity: { readonly recipient: string; readonly kept: boolean; readonly protected: boolean };
}
const made: Record<string, Generated> = {};
const rc = () =>
  `keys:\n  recipients:\n    night-team: ["${made['ann']!.identity.recipient}", "file:ben.txt"]\n    constructor-team: ["${made['ben']!.identity.recipient}"]\n`;

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'migrator-teams-')));
  for (const user of ['ann', 'ben']) made[user] = await json<Generated>(user, ['key', 'generate']);
  await writeFile(join(folder, 'note.txt'), 'for the night shift\n');
  await writeFile(join(folder, 'ben.txt'), `# Ben\n\n${made['ben']!.identity.recipient}\n`);
  await writeFile(join(folder, 'team.yaml'), rc());
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const seal = (file: string, ...flags: readonly string[]) => ['package', 'seal', 'note.txt', '-o', file, ...flags];
const team = ['--config', 'team.yaml'];

describe('the result says who can open a package', () => {
  test('a package for oneself says so, and how others get in', async () => {
    const { stdout } = await as('ann', seal('self.tar'));
    expect(stdout).toContain('encrypted: only you can open this; for others: --recipient <key> --recipient me');
    expect(stdout).toMatch(/signed: {4}by your own key \([0-9A-F]{16}\)/u);
    const { recipient } = made['ann']!.identity;
    expect(await json('ann', seal('self2.tar'))).toMatchObject({ readers: [{ recipient, you: true, groups: [] }] });
  });

  test('a group is called by its name, and each member can open the package', async () => {
    const { stdout, code } = await as('ann', seal('team.tar', '--recipient', 'night-team', ...team));
    expect({ code, stdout }).toMatchObject({ code: 0 });
    expect(stdout).toContain('encrypted: for you and night-team (1 key)');
    const trust = ['--trust', made['ann']!.signing.publicKey];
    for (const user of ['ann', 'ben'])
      expect(await as(user, ['package', 'verify', 'team.tar', '--content', ...trust])).toMatchObject({ code: 0 });
  });

  test('a key of no group is shortened, and a package that its sender cannot open says so', async () => {
    const { stdout } = await as('ann', seal('ben.tar', '--recipient', made['ben']!.identity.recipient));
    const { recipient } = made['ben']!.identity;
    expect(stdout).toContain(`for ${recipient.slice(0, 10)}…${recipient.slice(-6)}; you cannot open it`);
    const both = await as('ann', seal('both.tar', '--recipient', 'me', '--recipient', 'file:ben.txt'));
    expect(both.stdout).toContain(`for you and ${recipient.slice(0, 10)}…${recipient.slice(-6)}`);
  });

  test('a usual group of the rc file gives way to --passphrase and --unencrypted on the command line', async () => {
    await writeFile(join(folder, 'usual.yaml'), `${rc()}defaults: { recipient: night-team }\n`);
    const usual = ['--config', 'usual.yaml'];
    expect((await as('ann', seal('usual.tar', ...usual))).stdout).toContain('night-team');
    const open = await as('ann', seal('usual-open.tar', '--unencrypted', ...usual));
    expect(open).toMatchObject({ code: 0, stdout: expect.stringContaining('encrypted: no') });
  });
});

describe('groups of recipients', () => {
  test('config show and key list show them', async () => {
    const shown = await as('ann', ['config', 'show', ...team]);
    expect(shown.stdout).toContain('keys.recipients.night-team[1]');
    expect(shown.stdout).toContain('file:ben.txt');
    expect(await json('ann', ['key', 'list', ...team])).toMatchObject({
      groups: [
        { name: 'night-team', recipients: [made['ann']!.identity.recipient, made['ben']!.identity.recipient] },
        { name: 'constructor-team' },
      ],
    });
    const { stdout } = await as('ann', ['key', 'list', ...team]);
    expect(stdout).toContain(`    ${made['ann']!.identity.recipient} (you)`);
    expect(stdout.split('\n').filter((line) => !line.includes(folder) && line.length > 80)).toEqual([]);
  });

  test.each([
    ['{ night-team: [] }', /keys\.recipients\.night-team is an empty group/u],
    ['{ night-team: [day-team], day-team: [age1x] }', /night-team\[0\] must be .* a group cannot hold another group/u],
    ['{ night-team: age1x }', /"night-team" has none/u],
    ['{ night-team: [3] }', /keys\.recipients\.night-team\[0\] must be text, not a number/u],
    ['{ me: [age1x] }', /keys\.recipients\.me is not a valid name for a group/u],
    ['{ "a b": [age1x] }', /is not a valid name for a group/u],
    ['[AGE-SECRET-KEY-1QQ]', /keys\.recipients\[0\] is a secret key/u],
    ['some text', /must be a list of public keys/u],
  ])('%s is refused', async (text, message) => {
    await writeFile(join(folder, 'bad.yaml'), `keys: { recipients: ${text} }\n`);
    const { code, stderr } = await as('ann', ['config', 'check', '--config', 'bad.yaml']);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('AGE-SECRET-KEY-1QQ');
  });
});

describe('a key of the wrong kind', () => {
  const secretAge = 'AGE-SECRET-KEY-1QQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQ';
  const ssh = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE ann@example';
  const files: Record<string, string> = {
    'ssh.key': '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk\n-----END OPENSSH PRIVATE KEY-----\n',
    'ssh.pub': `${ssh}\n`,
    'notes.txt': 'nothing of the kind\n',
    'empty.txt': '# nobody\n',
  };
  beforeAll(async () => {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text, { mode: 0o600 });
    await as('ann', seal('wrong.tar'));
    const identity = printIdentity(generateIdentity(systemRandom), new Date(0));
    await writeFile(join(folder, 'secret.txt'), identity, { mode: 0o600 });
  });
  const minisign = () => made['ann']!.signing.publicKey;
  const age = () => made['ann']!.identity.recipient;
  const verify = ['package', 'verify', 'wrong.tar', '--content'];
  const otherEnd = (key: string) => key.slice(0, -1) + (key.endsWith('x') ? 'y' : 'x');

  // [the command line, what its message says, what its hint says]. Written before the first run.
  const table: readonly (readonly [() => readonly string[], RegExp, RegExp])[] = [
    [() => seal('x.tar', '--recipient', 'nope'), /"nope" is neither a public age key/u, /keys: \{ recipients:/u],
    [() => seal('x.tar', '--recipient', 'nightteam', ...team), /"nightteam" is neither/u, /did you mean "night-team"/u],
    [() => seal('x.tar', '--recipient', 'zzz', ...team), /"zzz" is neither/u, /night-team, constructor-team/u],
    [() => seal('x.tar', '--recipient', 'constructor', ...team), /"constructor" is neither/u, /"constructor-team"/u],
    [() => seal('x.tar', '--recipient', 'ben.txt'), /"ben.txt" is neither/u, /write file:ben\.txt/u],
    [() => seal('x.tar', '--recipient', 'file:nope.txt'), /no key at ".*nope\.txt"/u, /path of a key file/u],
    [() => seal('x.tar', '--recipient', 'file:empty.txt'), /holds no public key/u, /age1…/u],
    [() => seal('x.tar', '--recipient', 'file:notes.txt'), /line 1 .* not a public age key/u, /key list/u],
    [() => seal('x.tar', '--recipient', 'file:secret.txt'), /secret age key/u, /never hand out/u],
    [() => seal('x.tar', '--recipient', minisign()), /minisign public key/u, /key list/u],
    [() => seal('x.tar', '--recipient', ssh), /public SSH key/u, /not supported/u],
    [() => seal('x.tar', '--recipient', otherEnd(age())), /not a whole public age key/u, /62 characters/u],
    [() => seal('x.tar', '--recipient', secretAge), /given a secret key itself/u, /env:NAME/u],
    [() => [...verify, '--identity', 'nope'], /no key at ".*nope"/u, /path of a key file/u],
    [() => [...verify, '--identity', age()], /public age key/u, /key generate/u],
    [() => [...verify, '--identity', secretAge], /given a secret key itself/u, /env:NAME/u],
    [() => [...verify, '--identity', 'ssh.key'], /private SSH or TLS key/u, /SSH keys .* not supported/u],
    [() => [...verify, '--identity', 'ann/keys/migrator.key'], /minisign secret key/u, /key generate/u],
    [() => [...verify, '--identity', 'notes.txt'], /"[^"]*notes\.txt" is not readable: line 1/u, /AGE-SECRET-KEY/u],
    [() => [...verify, '--identity', 'env:NOPE'], /NOPE.* is not set/u, /./u],
    [() => [...verify, '--trust', 'nope'], /neither a minisign public key nor a file/u, /key trust <key>/u],
    [() => [...verify, '--trust', age()], /public age key/u, /RW|migrator\.pub/u],
    [() => [...verify, '--trust', 'ssh.pub'], /public SSH key/u, /migrator\.pub/u],
    [() => [...verify, '--trust', 'ann/keys/migrator.key'], /minisign secret key/u, /never hand out/u],
    [() => [...verify, '--trust', minisign().slice(0, -3)], /not a whole minisign/u, /again/u],
    [() => seal('x.tar', '--signing-key', 'nope.key'), /no key at/u, /path of a key file/u],
    [() => seal('x.tar', '--signing-key', minisign()), /minisign public key/u, /migrator\.key/u],
    [() => seal('x.tar', '--signing-key', 'ann/keys/identity.txt'), /secret age key/u, /migrator\.key/u],
    [() => seal('x.tar', '--passphrase', 'env:EASY'), /too easy to guess/u, /at least 10 characters/u],
    [() => ['key', 'generate', '-o', 'easy', '--passphrase', 'env:EASY'], /too easy to guess/u, /at least 10/u],
    [() => ['key', 'generate', '-o', 'easy', '--identity-passphrase', 'env:EASY'], /too easy/u, /at least 10/u],
    [() => ['key', 'generate', '-o', 'easy', '--passphrase', 'prompt'], /no terminal/u, /env:NAME/u],
    [() => ['key', 'generate'], /already a key at/u, /key rotate/u],
    [() => ['key', 'trust', 'nope'], /neither a minisign public key nor a file/u, /RW…/u],
    [() => ['key', 'trust', minisign()], /your own key/u, /colleague/u],
    [() => ['key', 'trust', age()], /public age key/u, /migrator\.pub/u],
    [() => ['key', 'untrust', 'nobody'], /trust no key with the name or id "nobody"/u, /key list/u],
    [() => ['key', 'untrust', made['ann']!.signing.keyId], /your own signing key/u, /key rotate/u],
  ];

  test('each wrong key is refused with exit code 2 or 7, a message that names it and a hint that leads out', async () => {
    const wrong: unknown[] = [];
    for (const [line, message, hint] of table) {
      const { code, stdout, stderr } = await as('ann', [...line(), '--json']);
      const error = JSON.parse(stdout === '' ? stderr : stdout) as { message: string; hint?: string };
      const leaked = /AGE-SECRET-KEY-1QQQ|OPENSSH PRIVATE|RWQAA|RWRTY/u.test(stdout + stderr);
      if (![2, 7].includes(code) || !message.test(error.message) || !hint.test(error.hint ?? '') || leaked)
        wrong.push({ line: line(), code, leaked, said: error.message, hint: error.hint });
    }
    expect(wrong).toEqual([]);
    expect(await readdir(folder)).not.toContain('x.tar');
    expect(await readdir(folder)).not.toContain('easy');
  });
});

describe('names of signers', () => {
  test('key trust takes the name of the file, and untrust takes the trust away', async () => {
    await writeFile(join(folder, 'benny.pub'), await readFile(placesOf('ben').signingPublic));
    expect(await json('ann', ['key', 'trust', 'benny.pub'])).toMatchObject({ name: 'benny' });
    await as('ben', seal('from-ben.tar', '--recipient', made['ann']!.identity.recipient));
    const { keyId } = made['ben']!.signing;
    expect((await as('ann', ['package', 'verify', 'from-ben.tar'])).stdout).toContain(`signed by benny (${keyId})`);
    const opened = await as('ann', ['package', 'open', 'from-ben.tar', '-o', 'opened']);
    expect(opened.stdout).toContain(`signed by benny (${keyId})`);
    expect((await as('ann', ['key', 'list'])).stdout).toContain(`benny  ${keyId}  trusted/benny.pub`);
    expect(await json('ann', ['key', 'untrust', 'benny'])).toMatchObject({ removed: [{ name: 'benny', keyId }] });
    expect((await as('ann', ['package', 'verify', 'from-ben.tar'])).code).toBe(6);
  });

  test('a name of the rc file does not take a name of the key folder', async () => {
    const other = generateSigningKey(systemRandom).publicKey.toString();
    await json('ann', ['key', 'trust', other, '--name', 'benny']);
    await writeFile(join(folder, 'benny.yaml'), 'keys: { trust: [benny.pub] }\n');
    const { stdout } = await as('ann', ['package', 'verify', 'from-ben.tar', '--config', 'benny.yaml']);
    expect(stdout).toContain(`signed by ${made['ben']!.signing.keyId}, trusted by keys.trust`);
    const refused = await as('ann', ['key', 'untrust', made['ben']!.signing.keyId, '--config', 'benny.yaml']);
    expect(refused).toMatchObject({ code: 7, stderr: expect.stringContaining('keys.trust in') });
    await json('ann', ['key', 'untrust', 'benny']);
  });
});

describe('a key with a passphrase, without a terminal', () => {
  // Each passphrase that is tried takes a second of work, so there are few.
  test('a protected identity is made, sealed for without its passphrase, and refused with a wrong one', async () => {
    made['ci'] = await json<Generated>('ci', ['key', 'generate', '--identity-passphrase', 'env:IDENTITY']);
    expect(made['ci'].identity.protected).toBe(true);
    expect(await readFile(placesOf('ci').identity, 'utf8')).toMatch(/^-----BEGIN AGE ENCRYPTED FILE-----\n/u);
    expect(await as('ci', seal('ci.tar'))).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('only you can open this'),
    });
    // Without its content, a package is verified without the passphrase.
    expect(await as('ci', ['package', 'verify', 'ci.tar'])).toMatchObject({ code: 0 });
    const verify = ['package', 'verify', 'ci.tar', '--content'];
    expect(await as('ci', verify)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--identity-passphrase, or with keys.identityPassphrase'),
    });
    expect(await as('ci', [...verify, '--identity-passphrase', 'env:KEY'])).toMatchObject({
      code: 6,
      stderr: expect.stringContaining('does not open the identity'),
    });
  });

  test('identity and signing key come from variables, and no output shows them', async () => {
    await json('ci', ['key', 'generate', '--kind', 'signing', '-o', 'ci-sign', '--passphrase', 'env:KEY']);
    const env = {
      ID: await readFile(placesOf('ci').identity, 'utf8'),
      SIGN: await readFile(join(folder, 'ci-sign/migrator.key'), 'utf8'),
    };
    const verify = ['package', 'verify', 'ci.tar', '--content', '--trust', made['ci']!.signing.publicKey, '--debug'];
    const opened = await as(
      'runner',
      [...verify, '--identity', 'env:ID', '--identity-passphrase', 'env:IDENTITY'],
      env,
    );
    expect(opened).toMatchObject({ code: 0 });
    const signing = ['--signing-key', 'env:SIGN', '--signing-key-passphrase', 'env:KEY'];
    const signed = await as('runner', seal('signed.tar', ...signing, '--recipient', 'file:ben.txt'), env);
    expect(signed).toMatchObject({ code: 0 });
    expect(signed.stdout).toMatch(/signed: {4}by [0-9A-F]{16}/u);
    const [, line = ''] = env.SIGN.split('\n');
    expect(opened.stdout + opened.stderr + signed.stdout + signed.stderr).not.toContain(line);
    expect(await readdir(folder)).not.toContain('runner');
  });
});

describe('key generate after a kill', () => {
  test.each([
    ['the signing key', ['migrator.key'], [true, false]],
    ['the signing key and its public key', ['migrator.key', 'migrator.pub'], [true, false]],
    ['an identity without the mark of its end', ['migrator.key', 'migrator.pub', 'identity.txt'], [true, true]],
  ])('keeps %s, makes what is missing, and says which is which', async (_, left, [signing, identity]) => {
    const at = join(folder, `killed-${left.length}`);
    await mkdir(at);
    for (const name of left) await writeFile(join(at, name), await readFile(join(placesOf('ann').folder, name)));
    await writeFile(join(at, '.generating'), '');
    const { stdout } = await as('ann', ['key', 'generate', '-o', at]);
    expect(/^signing key:.*kept from a run/mu.test(stdout)).toBe(signing);
    expect(/^identity:.*kept from a run/mu.test(stdout)).toBe(identity);
    expect((await readdir(at)).sort()).toEqual(['identity.txt', 'migrator.key', 'migrator.pub']);
    expect(await readFile(join(at, 'migrator.key'))).toEqual(await readFile(placesOf('ann').signing));
  });
});

describe('key rotate', () => {
  interface Rotated {
    readonly finished: boolean;
    readonly signing: { readonly old: { keyId: string }; readonly new: { keyId: string; publicKey: string } };
    readonly identity: { readonly new: { recipients: string[] } };
    readonly groups: readonly string[];
  }
  const verify = (file: string) => ['package', 'verify', file, '--content'];

  test('makes new keys; the old ones still open and verify, and the groups that have the old one are named', async () => {
    made['rot'] = await json<Generated>('rot', ['key', 'generate']);
    await as('rot', seal('before.tar'));
    await writeFile(
      join(folder, 'rot.yaml'),
      `keys: { recipients: { old-team: ["${made['rot'].identity.recipient}"], other: ["file:ben.txt"] } }\n`,
    );
    const rotated = await json<Rotated>('rot', ['key', 'rotate', '--config', 'rot.yaml']);
    expect(rotated).toMatchObject({ finished: false, groups: ['old-team'] });
    expect(rotated.signing.old.keyId).toBe(made['rot'].signing.keyId);
    expect(await as('rot', verify('before.tar'))).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('your old key'),
    });
    const after = await json<{ sealed: { signer: string }; readers: { recipient: string }[] }>(
      'rot',
      seal('after.tar'),
    );
    expect(after.sealed.signer).toBe(rotated.signing.new.keyId);
    expect(after.readers).toMatchObject([{ recipient: rotated.identity.new.recipients[0], you: true }]);
    expect(await as('rot', verify('after.tar'))).toMatchObject({ code: 0 });
    const { stdout } = await as('rot', ['key', 'list']);
    expect(stdout).toContain(`old          ${made['rot'].signing.keyId}, no longer signs; you trust what it signed`);
    await json('rot', ['key', 'untrust', made['rot'].signing.keyId]);
    expect((await as('rot', verify('before.tar'))).code).toBe(6);
    expect((await as('rot', ['key', 'list'])).stdout).toContain('no longer signs; not trusted');
  });

  test('without keys there is nothing to rotate', async () => {
    expect(await as('nobody', ['key', 'rotate'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('migrator key generate'),
    });
  });

  test('a rotation that a kill stopped after any step is finished by the next one, and there is always a key', async () => {
    const none = { signing: undefined, identity: undefined };
    let steps = 1;
    for (let done = 0; done < steps; done += 1) {
      const user = `kill-${done}`;
      const places = placesOf(user);
      const { signing, identity } = await json<{
        signing: { keyId: string; publicKey: string; protected: boolean };
        identity: { recipient: string; protected: boolean };
      }>(user, ['key', 'generate']);
      await as(user, seal(`${user}.tar`));
      const old = { signing, identity: { recipients: [identity.recipient], protected: false } };
      const plan = await prepareRotation(places, old, none);
      const run = rotationSteps(plan, places);
      steps = run.length;
      for (const step of run.slice(0, done)) await step();
      const between = `between-${user}.tar`;
      expect({ done, ...(await as(user, seal(between))) }).toMatchObject({ code: 0 });
      const finished = await json<Rotated>(user, ['key', 'rotate']);
      expect(finished).toMatchObject({ finished: true, signing: { new: { keyId: plan.signing!.new.keyId } } });
      for (const file of [`${user}.tar`, between])
        expect({ done, file, ...(await as(user, verify(file))) }).toMatchObject({ code: 0 });
      expect((await readdir(places.folder)).sort()).toEqual(['identity.txt', 'migrator.key', 'migrator.pub', 'old']);
    }
    expect(steps).toBeGreaterThan(10);
  });

  test('a run that was killed while it made the new keys has changed nothing, and the next one starts anew', async () => {
    await json('early', ['key', 'generate']);
    const { folder: at } = placesOf('early');
    const left = join(at, `.next.${2 ** 30}-${'0'.repeat(4)}deadbeef.partial`);
    await mkdir(left);
    await writeFile(join(left, 'migrator.key'), 'half');
    expect(await json<Rotated>('early', ['key', 'rotate'])).toMatchObject({ finished: false });
    expect(await as('early', seal('early.tar'))).toMatchObject({ code: 0 });
  });
});
