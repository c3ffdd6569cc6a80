import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { isMigratorError } from '../../../src/errors.ts';
import { Secret } from '../../../src/secret.ts';
import { encryptAge } from '../../../src/package/age/encrypt.ts';
import { encodeCanonical } from '../../../src/package/canonical-json.ts';
import {
  defaultLimits,
  generateIdentity,
  inspect,
  limitWarnings,
  open,
  verify,
  vouch,
  type OpenedEntry,
  type PrivatePart,
} from '../../../src/package/index.ts';
import { aFile, forged, form, part, rawHeader, sha256, tarOf, type Forgery } from '../../support/forgery.ts';
import { MemorySource, seededRandom } from '../../support/memory-bytes.ts';
import {
  collect,
  entriesOf,
  files,
  identity,
  keys,
  never,
  once,
  opened,
  plain,
  sealed,
  trust,
  type Opening,
} from '../../support/packages.ts';

async function refusal(bytes: Uint8Array, options: Opening = {}) {
  try {
    await opened(bytes, options);
  } catch (error) {
    if (isMigratorError(error)) return { code: error.code, check: error.details['check'], message: error.message };
    throw error;
  }
  return undefined;
}

const random = seededRandom('open');
const alpha = aFile.bytes;

test('a forged package without a fault opens', async () => {
  expect(plain(await opened(forged()))).toEqual(plain([aFile]));
});

describe('the payload', () => {
  const file = part('files/a', alpha);
  const typed = (type: string) =>
    part(
      'files/a',
      alpha,
      rawHeader((block) => block.write(type, 156), 'files/a', 5),
    );
  const record = (text: string, size = 5) => [
    part('PaxHeader', text, form.encode('PaxHeader', Buffer.byteLength(text), 'x')),
    part('LongName', alpha, form.encode('LongName', size)),
  ];

  test.each<[string, Buffer]>([
    ['a symbolic link', tarOf([typed('2')])],
    ['a hard link', tarOf([typed('1')])],
    ['a folder', tarOf([typed('5')])],
    ['a device', tarOf([typed('3')])],
    ['a GNU long name', tarOf([typed('L'), file])],
    ['a global pax record', tarOf([typed('g'), file])],
    ['a sparse file', tarOf([typed('S')])],
    ['a pax record that sets the size', tarOf(record('9 size=9\n'))],
    ['two pax records', tarOf(record('16 path=files/a\n9 size=9\n'))],
    ['a needless pax record', tarOf(record('16 path=files/a\n'))],
    ['a pax record with a wrong length', tarOf(record('99 path=files/ä\n'))],
    ['a pax record too long', tarOf(record(`2000 path=${'ä'.repeat(990)}\n`))],
    ['a file that is cut short', tarOf([file]).subarray(0, 515)],
    [
      'bytes in the padding',
      Buffer.concat([form.encode('files/a', 5), alpha, Buffer.alloc(507, 1), Buffer.alloc(1024)]),
    ],
    ['no end', tarOf([file], Buffer.alloc(0))],
    ['half an end', tarOf([file], Buffer.alloc(512))],
    ['a block after the end', tarOf([file], Buffer.alloc(1536))],
    ['something after the end', tarOf([file], Buffer.concat([Buffer.alloc(1024), Buffer.from('x')]))],
    ['a broken end', tarOf([file], Buffer.concat([Buffer.alloc(512), Buffer.alloc(512, 1)]))],
    ['nothing', Buffer.alloc(0)],
  ])('is refused when it holds %s', async (_, payload) => {
    const found = await refusal(forged({ payload }));
    expect(found?.code).toBe('PACKAGE_MALFORMED');
    // Bytes beyond the announced size are refused before anything looks at them.
    expect(['payload', 'limit']).toContain(found?.check);
  });

  test.each([
    '/etc/passwd',
    '../up',
    'files/../../up',
    './files/a',
    'files//a',
    'files/',
    'C:/windows',
    'c:evil',
    'files\\a',
    'files/a:stream',
    'files/a\u0000b',
    'files/a\u001b[2J',
    'files/a\u202eb',
    'files/NUL',
    'files/com1.txt',
    'files/a.',
    'files/a ',
    'files/what?',
    `files/${'x'.repeat(256)}`,
    'x/'.repeat(600) + 'x',
  ])('is refused when it holds the path %j', async (path) => {
    const listed = [{ path, bytes: alpha }];
    const text = (length: number) => `${length} path=${path}\n`;
    const length =
      Buffer.byteLength(text(10)) < 10
        ? 0
        : [1, 2, 3, 4]
            .map((n) => Buffer.byteLength(text(10)) - 2 + n)
            .find((n, index) => String(n).length === index + 1)!;
    const body = text(length);
    const payload = /^[\x20-\x7e]{1,99}$/.test(path)
      ? tarOf([part(path, alpha)])
      : tarOf([
          part('PaxHeader', body, form.encode('PaxHeader', Buffer.byteLength(body), 'x')),
          part('LongName', alpha, form.encode('LongName', 5)),
        ]);
    const found = await refusal(forged({ payload, listed }));
    expect(found?.code).toBe('PACKAGE_MALFORMED');
    expect(found?.check).toMatch(/path|payload/);
    // `seal` refuses the same path before it writes.
    await expect(() => sealed({ entries: entriesOf(listed) })).toThrowCode('USAGE');
  });

  test.each([
    ['the same', ['files/a', 'files/a']],
    ['different only in case', ['files/a', 'files/A']],
    ['different only in Unicode form', ['files/\u00e9', 'files/e\u0301']],
    ['in folders that differ only in case', ['files/a', 'Files/b']],
    ['a file and a folder of one name', ['files/a', 'files/a/b']],
    ['a folder and a file of one name', ['files/a/b', 'files/a']],
    ['the same to Windows', ['files/straße', 'files/STRASSE']],
  ])('is refused when it holds paths that are %s', async (_, paths) => {
    const listed = paths.map((path) => ({ path, bytes: alpha }));
    await expect(() => sealed({ entries: entriesOf(listed) })).toThrowCode('USAGE');
    if (paths.every((path) => /^[\x20-\x7e]+$/.test(path))) {
      expect(await refusal(forged({ listed }))).toMatchObject({ code: 'PACKAGE_MALFORMED', check: 'path' });
    }
  });

  const b = { path: 'files/b', bytes: Buffer.from('beta!') };
  test.each<[string, Forgery]>([
    ['missing', { listed: [aFile, b], payload: tarOf([file]) }],
    ['too many', { listed: [aFile], payload: tarOf([file, part('files/b', b.bytes)]) }],
    ['in another order', { listed: [aFile, b], payload: tarOf([part('files/b', b.bytes), file]) }],
    ['of another name', { payload: tarOf([part('files/z', alpha)]) }],
    ['of another size', { payload: tarOf([part('files/a', 'alphabet')]) }],
    ['of other content', { payload: tarOf([part('files/a', 'omega')]) }],
  ])('is refused when its files are %s', async (_, forgery) => {
    const found = await refusal(forged(forgery));
    expect(found?.code).toBe('PACKAGE_MALFORMED');
    expect(found?.check).toMatch(/payload|digest|limit/);
  });
});

describe('the compressed content', () => {
  const gzip = { compression: 'gzip', member: 'content.tar.gz' };
  const good = tarOf([part(aFile.path, alpha)]);
  const packed = gzipSync(good);

  test('may consist of several gzip members', async () => {
    const payload = Buffer.concat([gzipSync(good.subarray(0, 700)), gzipSync(good.subarray(700))]);
    expect(plain(await opened(forged({ payload, content: gzip })))).toEqual(plain([aFile]));
    expect(plain(await opened(forged({ payload, content: gzip }), { chunkSize: 7 }))).toEqual(plain([aFile]));
  });

  test.each<[string, Buffer]>([
    ['not gzip', good],
    ['empty', Buffer.alloc(0)],
    ['cut at its end', packed.subarray(0, -3)],
    ['gzip with a wrong checksum', Buffer.concat([packed.subarray(0, -8), Buffer.alloc(4), packed.subarray(-4)])],
    ['followed by bytes', Buffer.concat([packed, Buffer.from('trailing')])],
    ['followed by zeros', Buffer.concat([packed, Buffer.alloc(512)])],
    ['followed by half a member', Buffer.concat([packed, packed.subarray(0, 12)])],
  ])('is refused when it is %s', async (_, payload) => {
    for (const chunkSize of [1024 * 1024, packed.length, 1]) {
      const found = await refusal(forged({ payload, content: gzip }), { chunkSize });
      expect(found).toMatchObject({ code: 'PACKAGE_MALFORMED', check: 'compression' });
    }
  });

  test('stops expanding at the announced size, also when it is a bomb', async () => {
    const bomb = Buffer.concat([gzipSync(good.subarray(0, 1024)), gzipSync(Buffer.alloc(200 * 2 ** 20))]);
    expect(await refusal(forged({ payload: bomb, content: gzip }))).toMatchObject({ check: 'limit' });
  });
});

describe('a package beyond the limits', () => {
  test.each([
    ['of expanded bytes', { maxExpandedBytes: 4 }],
    ['of files', { maxEntries: 0 }],
  ])('%s is refused', async (_, limits) => {
    expect(await refusal(forged(), { limits })).toMatchObject({ code: 'PACKAGE_MALFORMED', check: 'limit' });
  });

  test('of the ratio is refused only when its signer is not trusted', async () => {
    const limits = { maxRatio: 0.001, ratioFromBytes: 0 };
    expect(plain(await opened(forged(), { limits }))).toEqual(plain([aFile]));
    const found = await refusal(forged(), {
      limits,
      trust: { trusted: [], allowUnsigned: false, allowUnknownSigner: true },
    });
    expect(found).toMatchObject({ code: 'PACKAGE_MALFORMED', check: 'limit' });
  });

  test('of a sealer warns of the limits that its receivers must raise', async () => {
    const { manifest } = await inspect(new MemorySource(forged()));
    const holding = (bytes: number) => ({ ...manifest, content: { ...manifest.content, counts: { files: 1, bytes } } });
    expect(limitWarnings(manifest, 4096)).toEqual([]);
    expect(limitWarnings(holding(300 * 2 ** 20), 2 ** 20).join()).toContain('--max-ratio');
    expect(limitWarnings(holding(65 * 2 ** 30), 2 ** 30).join()).toContain('--max-expanded-size 69793218560');
  });
});

describe('a package that holds more than it announces', () => {
  test('is refused at the first file too many', async () => {
    const payload = tarOf([part('files/a', alpha), part('files/b', alpha), part('files/c', alpha)]);
    const bytes = await hidden(payload, 1);
    const found = await refusal(bytes);
    expect(found).toMatchObject({ code: 'PACKAGE_MALFORMED', check: 'payload' });
    expect(found?.message).toContain('more files or bytes');
  });

  test('is refused when no list could hold the paths of its files', async () => {
    const path = `files/${'x'.repeat(80)}`;
    const payload = tarOf(Array.from({ length: 90_000 }, (_, n) => part(`${path}${n}`, '')));
    const found = await refusal(await hidden(payload, 90_001));
    expect(found).toMatchObject({ code: 'PACKAGE_MALFORMED', check: 'limit' });
  });

  test('is refused when it is not private and holds a private.json', async () => {
    const own = { path: 'private.json', bytes: Buffer.from('{}') };
    expect(await refusal(forged({ listed: [own] }))).toMatchObject({ code: 'PACKAGE_MALFORMED', check: 'manifest' });
  });

  /** A private package, so that nothing but the announced counts is known before the end. */
  async function hidden(payload: Uint8Array, files: number): Promise<Uint8Array> {
    const pieces: Uint8Array[] = [];
    for await (const piece of encryptAge(once(payload), { recipients: [identity.recipient] }, random)) {
      pieces.push(new Uint8Array(piece));
    }
    const secret = Buffer.concat(pieces);
    return forged({
      payload: secret,
      manifest: { private: true, scope: undefined },
      content: {
        member: 'content.tar.age',
        encryption: 'recipients',
        recipients: [identity.recipient.toString()],
        counts: { files, bytes: 1000 },
        files: undefined,
      },
    });
  }
});

describe('an encrypted package', () => {
  const stranger = generateIdentity(seededRandom('stranger'));

  test('opens for each of several recipients', async () => {
    const bytes = await sealed({ encryption: { recipients: [stranger.recipient, identity.recipient] } });
    for (const one of [stranger, identity]) {
      expect(plain(await opened(bytes, { keys: { identities: [one] } }))).toEqual(plain(files));
    }
  });

  test('has a message of its own for each failure', async () => {
    const bytes = await sealed();
    const locked = await sealed({ encryption: { passphrase: new Secret('right') } });
    const wrong = { identities: [], passphrase: () => Promise.resolve(new Secret('wrong')) };
    const content = {
      member: 'content.tar.age',
      encryption: 'recipients',
      recipients: [identity.recipient.toString()],
    };
    const good = await collect(
      encryptAge(once(tarOf([part(aFile.path, alpha)])), { recipients: [identity.recipient] }, random),
    );
    const long = await collect(encryptAge(once(Buffer.alloc(3 * 65536)), { recipients: [identity.recipient] }, random));
    const cutAtAChunk = long.subarray(0, -65552);
    const damaged = Buffer.from(good);
    damaged[damaged.length - 20]! ^= 1;
    const found = [
      await refusal(bytes, { keys: { identities: [stranger] } }),
      await refusal(bytes, { keys: { identities: [] } }),
      await refusal(locked, { keys: wrong }),
      await refusal(locked, { keys }),
      await refusal(forged({ payload: damaged, content })),
      await refusal(forged({ payload: cutAtAChunk, content })),
      await refusal(bytes.subarray(0, 3000)),
      await refusal(forged({ manifest: { format: 'migrator-package/9' } })),
    ];
    expect(found.map((error) => error?.code)).toEqual([
      'PACKAGE_LOCKED',
      'PACKAGE_LOCKED',
      'PACKAGE_LOCKED',
      'PACKAGE_LOCKED',
      'PACKAGE_MALFORMED',
      'PACKAGE_MALFORMED',
      'PACKAGE_MALFORMED',
      'PACKAGE_MALFORMED',
    ]);
    expect(new Set(found.map((error) => error?.message)).size).toBe(found.length);
  });
});

describe('a private manifest', () => {
  test('shows nothing outside of the encrypted content, and everything inside', async () => {
    const bytes = await sealed({ privateManifest: true, encryption: { recipients: [identity.recipient] } });
    const text = Buffer.from(bytes).toString('latin1');
    for (const hidden of ['octopus.example', 'native/', 'Web shop', 'sensitive']) expect(text).not.toContain(hidden);
    const source = new MemorySource(bytes);
    const verified = await verify(source, trust, never);
    const parts: PrivatePart[] = [];
    const entries = open(source, verified, keys, defaultLimits, never, {
      onPrivatePart: (part) => parts.push(part),
    });
    const paths: string[] = [];
    for await (const { path } of entries) paths.push(path);
    expect(paths).toEqual(files.map(({ path }) => path));
    expect(parts).toEqual([
      expect.objectContaining({
        url: 'https://octopus.example',
        notes: ['2 variables are sensitive'],
        scope: { projects: ['Web shop'], exclude: ['certificates'] },
      }),
    ]);
  });

  const list = [{ path: 'files/a', size: 5, sha256: sha256(alpha) }];
  const inside = (value: object) => part('private.json', encodeCanonical(value as never));
  const whole = { scope: {}, notes: [], files: list };
  test.each<[string, Buffer]>([
    ['missing', tarOf([part('files/a', alpha)])],
    ['not last', tarOf([inside(whole), part('files/a', alpha)])],
    ['repeated', tarOf([part('files/a', alpha), inside(whole), inside(whole)])],
    ['not readable', tarOf([part('files/a', alpha), part('private.json', '{}')])],
    ['about another digest', tarOf([part('files/a', 'omega'), inside(whole)])],
    ['about other files', tarOf([part('files/a', alpha), inside({ ...whole, files: [] })])],
  ])('refuses a private.json that is %s', async (_, payload) => {
    const bytes = forged({
      payload: await collect(encryptAge(once(payload), { recipients: [identity.recipient] }, random)),
      manifest: { private: true, scope: undefined },
      content: {
        member: 'content.tar.age',
        encryption: 'recipients',
        recipients: ['age1x'],
        counts: { files: 1, bytes: 5 },
        files: undefined,
      },
    });
    const found = await refusal(bytes);
    expect(found?.code).toBe('PACKAGE_MALFORMED');
    expect(found?.message).toMatch(/private.json|follows|payload|digest/);
    expect(found?.message).not.toContain('manifest.json');
  });
});

describe('reading a package', () => {
  test('skips files that nobody reads, and checks them all the same', async () => {
    const source = new MemorySource(await sealed());
    const verified = await verify(source, trust, never);
    const sizes: number[] = [];
    for await (const entry of open(source, verified, keys, defaultLimits, never)) sizes.push(entry.size);
    expect(sizes).toEqual(files.map(({ bytes }) => bytes.length));
    const evil = new MemorySource(forged({ payload: tarOf([part('files/a', 'omega')]) }));
    const skimmed = async () => {
      const checked = await verify(evil, trust, never);
      for await (const entry of open(evil, checked, keys, defaultLimits, never)) expect(entry.path).toBe('files/a');
    };
    await expect(skimmed).toThrowCode('PACKAGE_MALFORMED');
  });

  test('gives the content of a file only once', async () => {
    const source = new MemorySource(forged());
    const verified = await verify(source, trust, never);
    for await (const entry of open(source, verified, keys, defaultLimits, never)) {
      await collect(entry.content);
      await expect(() => collect(entry.content)).toThrowCode('USAGE');
    }
  });

  test('finds a file that changed after it was verified', async () => {
    const bytes = forged();
    const verified = await verify(new MemorySource(bytes), trust, never);
    const other = forged({ listed: [{ path: 'files/a', bytes: Buffer.from('omega') }] });
    const seen: OpenedEntry[] = [];
    const read = async () => {
      for await (const entry of open(new MemorySource(other), verified, keys, defaultLimits, never)) seen.push(entry);
    };
    await expect(read).toThrowCode('PACKAGE_MALFORMED');
  });

  test('stops at once when it is aborted', async () => {
    const abort = new AbortController();
    const source = new MemorySource(await sealed());
    const verified = await verify(source, trust, never);
    const read = async () => {
      for await (const entry of open(source, verified, keys, defaultLimits, abort.signal)) {
        abort.abort();
        expect(entry.path).toBe(files[0]!.path);
      }
      return open(source, verified, keys, defaultLimits, abort.signal).next();
    };
    await expect(read).toThrowCode('CANCELLED');
  });
});

describe('opening in one pass', () => {
  const stranger = generateIdentity(seededRandom('stranger'));

  test('names the signer before it reads the content', async () => {
    const source = new MemorySource(
      await sealed({ entries: entriesOf([{ path: 'a', bytes: new Uint8Array(100_000) }]), compression: 'none' }),
    );
    const vouched = await vouch(source, trust);
    expect(vouched.signer).toEqual({ keyId: trust.trusted[0]!.keyId, trusted: true });
    expect(source.reads.reduce((sum, { length }) => sum + length, 0)).toBeLessThan(20_000);
    const other = await sealed({}, 'other');
    await expect(() => vouch(new MemorySource(other), { trusted: [], allowUnsigned: false })).toThrowCode(
      'PACKAGE_UNTRUSTED',
    );
  });

  test.each([
    ['with the right key', keys],
    ['with the wrong key', { identities: [stranger] }],
    ['without a key', { identities: [] }],
  ])('refuses a damaged content because of its sum and for no other reason, %s', async (_, given) => {
    const good = await sealed();
    const { content } = await vouch(new MemorySource(good), trust);
    for (const position of [0, 30, 250, Math.floor(content.size / 2), content.size - 1]) {
      const bad = Uint8Array.from(good);
      bad[content.start + position]! ^= 1;
      const source = new MemorySource(bad);
      const vouched = await vouch(source, trust);
      const read = async () => {
        for await (const entry of open(source, vouched, given, defaultLimits, never)) await collect(entry.content);
      };
      await expect(read).toThrowCode('PACKAGE_MALFORMED');
      await expect(read()).rejects.toMatchObject({ details: { check: 'sums' } });
    }
  });

  test.each(['none', 'gzip'] as const)(
    'hands out chunks that hold until the next but one is asked for, when it uses memory again: %s',
    async (compression) => {
      const random = seededRandom('long');
      const from = [9_000_000, 300_000, 5, 0, 1_048_576, 262_145].map((size, index) => ({
        path: `f${index}`,
        bytes: random.bytes(size),
      }));
      const source = new MemorySource(await sealed({ entries: entriesOf(from), compression }));
      const vouched = await vouch(source, trust);
      const found: { path: string; bytes: Uint8Array }[] = [];
      for await (const entry of open(source, vouched, keys, defaultLimits, never, { reuseMemory: true })) {
        const kept: Uint8Array[] = [];
        let before: Uint8Array | undefined;
        // Reads each chunk one step late, like a writer whose last write is still under way.
        for await (const chunk of entry.content) {
          if (before !== undefined) kept.push(Uint8Array.from(before));
          before = chunk;
        }
        found.push({ path: entry.path, bytes: Buffer.concat([...kept, before ?? new Uint8Array(0)]) });
      }
      expect(plain(found)).toEqual(plain(from));
    },
  );
});
