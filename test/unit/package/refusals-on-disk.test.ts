import { mkdir, readdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { run } from '../../../src/cli/run.ts';
import { encryptAge } from '../../../src/package/age/encrypt.ts';
import { generateIdentity, generateSigningKey, printIdentity } from '../../../src/package/index.ts';
import { Secret } from '../../../src/secret.ts';
import { aFile, forged, forgedParts, part, partsOf, rawHeader, sha256, tarOf } from '../../support/forgery.ts';
import { seededRandom } from '../../support/memory-bytes.ts';
import { collect, entriesOf, identity, once, plain, sealed, signer } from '../../support/packages.ts';
import { testIO } from '../../support/test-io.ts';
import { tempDirs } from '../../support/with-temp-dir.ts';

const tempDir = tempDirs();
let folder = '';

beforeEach(async () => {
  folder = await tempDir();
  await writeFile(join(folder, 'identity.txt'), printIdentity(identity, new Date(0)), { mode: 0o600 });
  await writeFile(join(folder, 'other.txt'), printIdentity(generateIdentity(seededRandom('other')), new Date(0)), {
    mode: 0o600,
  });
  await mkdir(join(folder, 'full', 'files'), { recursive: true });
  await writeFile(join(folder, 'full', 'files', 'mine.txt'), 'mine');
});

/** The command as a user types it, in this process. */
async function migrator(...args: string[]) {
  const env = {
    MIGRATOR_CONFIG_DIR: join(folder, 'config'),
    MIGRATOR_STATE_DIR: join(folder, 'state'),
    RIGHT: 'right',
    WRONG: 'wrong',
  };
  const io = testIO({ cwd: folder, home: folder, env });
  const exitCode = await run([...args, '--json', '--progress', 'none'], io);
  const document = JSON.parse(io.out) as { code?: string; message?: string; hint?: string; details?: object };
  return { exitCode, ...document };
}

const opens = ['--trust', signer.publicKey.toString(), '--identity', 'identity.txt'];

/** Every name below the folder, with what it holds. */
async function everything(): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isSymbolicLink()) found[path] = `-> ${await readlink(path)}`;
    else found[path] = entry.isFile() ? sha256(await readFile(path)) : 'folder';
  }
  return found;
}

const random = seededRandom('refusals');
const locked = {
  member: 'content.tar.age',
  encryption: 'recipients',
  recipients: [identity.recipient.toString()],
} as const;
const lock = (bytes: Uint8Array) => collect(encryptAge(once(bytes), { recipients: [identity.recipient] }, random));

/** Several chunks, of which all but the last are genuine: files have been written when the damage is met. */
const many = [aFile, ...['b', 'c', 'd'].map((name) => ({ path: `files/${name}`, bytes: random.bytes(70_000) }))];
const payloadOf = (from: typeof many) => tarOf(from.map(({ path, bytes }) => part(path, bytes)));

async function damagedChunk(): Promise<Uint8Array> {
  const payload = await lock(payloadOf(many));
  payload[payload.length - 40_000]! ^= 1;
  return forged({ listed: many, payload, content: locked });
}

async function droppedChunk(): Promise<Uint8Array> {
  const payload = await lock(Buffer.concat([payloadOf(many), Buffer.alloc(65_536 * 5)]).subarray(0, 65_536 * 4));
  return forged({ listed: many, payload: payload.subarray(0, payload.length - 65_552), content: locked });
}

interface Case {
  readonly name: string;
  readonly make: () => Uint8Array | Promise<Uint8Array>;
  readonly args?: readonly string[];
  readonly code: string;
  readonly says: RegExp;
}

let withPassphrase: Promise<Uint8Array> | undefined;
/** Made once: a passphrase takes a second by design. */
const passphrase = () => (withPassphrase ??= sealed({ encryption: { passphrase: new Secret('right') } }));
const cases: readonly Case[] = [
  {
    name: 'the wrong passphrase',
    make: passphrase,
    args: ['--passphrase', 'env:WRONG'],
    code: 'PACKAGE_LOCKED',
    says: /passphrase does not open/,
  },
  {
    name: 'the wrong identity',
    make: () => sealed(),
    args: ['--identity', 'other.txt'],
    code: 'PACKAGE_LOCKED',
    says: /none of the identities/,
  },
  { name: 'a damaged chunk', make: damagedChunk, code: 'PACKAGE_MALFORMED', says: /chunk \d+ is damaged/ },
  {
    name: 'a download that broke off',
    make: async () => (await sealed()).subarray(0, 3000),
    code: 'PACKAGE_MALFORMED',
    says: /package is cut short/,
  },
  {
    name: 'a newer format',
    make: () => forged({ manifest: { format: 'migrator-package/3' } }),
    code: 'PACKAGE_MALFORMED',
    says: /"migrator-package\/3", and this migrator reads/,
  },
  { name: 'a chunk left out', make: droppedChunk, code: 'PACKAGE_MALFORMED', says: /last chunk is missing/ },
  {
    name: 'an unknown signer',
    make: () => sealed({ signer: generateSigningKey(random) }),
    code: 'PACKAGE_UNTRUSTED',
    says: /is not trusted/,
  },
  { name: 'no signature', make: () => sealed({ signer: undefined }), code: 'PACKAGE_UNTRUSTED', says: /not signed/ },
  {
    name: 'exchanged content',
    make: async () => {
      const [a, b] = [partsOf(await sealed()), partsOf(await sealed({}, 'again'))];
      return tarOf([b[0]!, ...a.slice(1)]);
    },
    code: 'PACKAGE_MALFORMED',
    says: /does not match its sum/,
  },
  {
    name: 'a further member',
    make: () => tarOf([...forgedParts(), part('.bashrc', 'evil')]),
    code: 'PACKAGE_MALFORMED',
    says: /that the format does not allow/,
  },
  {
    name: 'a path that leads out',
    make: () => forged({ listed: [aFile, { path: '../escaped', bytes: aFile.bytes }] }),
    code: 'PACKAGE_MALFORMED',
    says: /"\.\.\/escaped"/,
  },
  {
    name: 'an absolute path',
    make: () => forged({ listed: [aFile, { path: '/tmp/migrator-escaped', bytes: aFile.bytes }] }),
    code: 'PACKAGE_MALFORMED',
    says: /is absolute/,
  },
  {
    name: 'a drive letter',
    make: () => forged({ listed: [aFile, { path: 'C:/evil', bytes: aFile.bytes }] }),
    code: 'PACKAGE_MALFORMED',
    says: /drive letter/,
  },
  {
    name: 'names that clash in case',
    make: () => forged({ listed: [aFile, { path: 'files/A', bytes: aFile.bytes }] }),
    code: 'PACKAGE_MALFORMED',
    says: /only in case/,
  },
  {
    name: 'a name that Windows reserves',
    make: () => forged({ listed: [aFile, { path: 'files/aux.txt', bytes: aFile.bytes }] }),
    code: 'PACKAGE_MALFORMED',
    says: /Windows reserves/,
  },
  {
    name: 'a link among the files',
    make: () => {
      const link = rawHeader((block) => block.write('2', 156), 'files/b', 5);
      return forged({
        listed: [aFile, { path: 'files/b', bytes: aFile.bytes }],
        payload: tarOf([part(aFile.path, aFile.bytes), part('files/b', aFile.bytes, link)]),
      });
    },
    code: 'PACKAGE_MALFORMED',
    says: /only plain files/,
  },
  {
    name: 'a last file that is not what the manifest says',
    make: () =>
      forged({
        listed: many,
        payload: payloadOf([...many.slice(0, -1), { path: 'files/d', bytes: random.bytes(70_000) }]),
      }),
    code: 'PACKAGE_MALFORMED',
    says: /does not match its digest/,
  },
  {
    name: 'two names that become one outside',
    make: () =>
      sealed({
        entries: entriesOf([
          { path: 'native/x', bytes: aFile.bytes },
          { path: 'files/native/x', bytes: aFile.bytes },
        ]),
      }),
    code: 'PACKAGE_MALFORMED',
    says: /two files that would be one/,
  },
  {
    name: 'more bytes than allowed',
    make: () => forged({ listed: many }),
    args: ['--max-expanded-size', '100KiB'],
    code: 'PACKAGE_MALFORMED',
    says: /at most 102400 are allowed/,
  },
];

describe.each(['new', 'full'])('opening into a %s folder', (into) => {
  test.each(cases)('leaves nothing of a package with $name', async ({ make, args, code, says }) => {
    await writeFile(join(folder, 'bad.tar'), await make());
    const before = await everything();
    const flags = args?.includes('--identity') === true ? [...opens.slice(0, 2), ...args] : [...opens, ...(args ?? [])];
    const found = await migrator('package', 'open', 'bad.tar', '-o', into, ...flags);
    expect(found).toMatchObject({ exitCode: 6, code, message: expect.stringMatching(says) as unknown });
    expect(await everything()).toEqual(before);
  });
});

test('failures that a person must tell apart have messages of their own', async () => {
  const told = new Set<string>();
  for (const { make, args } of cases.slice(0, 5)) {
    await writeFile(join(folder, 'bad.tar'), await make());
    const flags = args?.includes('--identity') === true ? [...opens.slice(0, 2), ...args] : [...opens, ...(args ?? [])];
    const { message = '' } = await migrator('package', 'open', 'bad.tar', '-o', 'new', ...flags);
    told.add(message.replace(/\d+/g, '#'));
  }
  expect(told.size).toBe(5);
});

describe('what is already there', () => {
  const two = [
    { path: 'files/files/mine.txt', bytes: Buffer.from('theirs') },
    { path: 'files/new.txt', bytes: Buffer.from('new') },
  ];
  const place = async () => writeFile(join(folder, 'good.tar'), await sealed({ entries: entriesOf(two) }));

  test('an existing file is named and kept, and nothing else is written', async () => {
    await place();
    const before = await everything();
    const found = await migrator('package', 'open', 'good.tar', '-o', 'full', ...opens);
    expect(found).toMatchObject({ exitCode: 7, code: 'CONFLICT', details: { existing: ['files/mine.txt'] } });
    expect(await everything()).toEqual(before);
    expect((await migrator('package', 'open', 'good.tar', '-o', 'full', '--force', ...opens)).exitCode).toBe(0);
    expect(await readFile(join(folder, 'full', 'files', 'mine.txt'), 'utf8')).toBe('theirs');
  });

  test.each([false, true])('a link is never followed, with --force or without (%s)', async (force) => {
    await place();
    const outside = await tempDir();
    await writeFile(join(outside, 'mine.txt'), 'mine');
    await mkdir(join(folder, 'linked'));
    await symlink(outside, join(folder, 'linked', 'files'));
    await mkdir(join(folder, 'to-file', 'files'), { recursive: true });
    await symlink(join(outside, 'mine.txt'), join(folder, 'to-file', 'files', 'mine.txt'));
    await symlink(outside, join(folder, 'link'));
    await symlink(join(outside, 'absent'), join(folder, 'dangling'));
    const before = await everything();
    const flags = force ? ['--force', ...opens] : opens;
    for (const [into, exitCode] of [
      ['linked', 7],
      ['to-file', 7],
      ['link', 2],
      ['dangling', 2],
    ] as const) {
      expect((await migrator('package', 'open', 'good.tar', '-o', into, ...flags)).exitCode).toBe(exitCode);
    }
    expect(await everything()).toEqual(before);
    expect(await readdir(outside)).toEqual(['mine.txt']);
    expect(await readFile(join(outside, 'mine.txt'), 'utf8')).toBe('mine');
  });
});

test('the files that come out are those that went in', async () => {
  const tree = [
    { path: 'files/a/größe.txt', bytes: Buffer.from('ünï') },
    { path: 'files/empty', bytes: new Uint8Array(0) },
    { path: 'native/x.zip', bytes: random.bytes(100_000) },
  ];
  await writeFile(join(folder, 'good.tar'), await sealed({ entries: entriesOf(tree) }));
  expect((await migrator('package', 'open', 'good.tar', '-o', 'out', ...opens)).exitCode).toBe(0);
  const found = await Promise.all(
    tree.map(async ({ path }) => ({ path, bytes: await readFile(join(folder, 'out', path.replace(/^files\//, ''))) })),
  );
  expect(plain(found)).toEqual(plain(tree));
});
