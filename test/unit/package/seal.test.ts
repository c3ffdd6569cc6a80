import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { MigratorError } from '../../../src/errors.ts';
import { Secret } from '../../../src/secret.ts';
import type { Json } from '../../../src/ports/journal.ts';
import {
  defaultLimits,
  inspect,
  open,
  seal,
  verify,
  type PayloadEntry,
  type SealInput,
} from '../../../src/package/index.ts';
import { MemorySink, MemorySource, seededRandom } from '../../support/memory-bytes.ts';
import {
  entriesOf,
  entryOf,
  files,
  identity,
  input,
  keys,
  never,
  once,
  opened,
  plain,
  sealed,
  signer,
  trust,
} from '../../support/packages.ts';
import { nodeZstd, testWith } from '../../support/programs.ts';
import { all } from '../../support/sample.ts';

const lenient = { trusted: [], allowUnsigned: true };
const tools = () => ({ random: seededRandom('seal') });

async function* these(...entries: readonly PayloadEntry[]): AsyncGenerator<PayloadEntry, void> {
  for (const entry of entries) yield await Promise.resolve(entry);
}

describe('a sealed package opens again', () => {
  test.each<[string, Partial<SealInput>]>([
    ['with everything switched on', {}],
    ['with gzip', { compression: 'gzip' }],
    ['without compression', { compression: 'none' }],
    ['without encryption', { encryption: undefined }],
    ['with a private manifest', { privateManifest: true }],
    ['without a source', { source: undefined }],
    ['without files', { entries: entriesOf([]) }],
  ])('%s', async (_, change) => {
    const bytes = await sealed(change);
    expect(plain(await opened(bytes))).toEqual(change.entries === undefined ? plain(files) : []);
  });

  testWith([nodeZstd], 'zstd', async () => {
    const text = Buffer.from('{"id":"Projects-1"}\n'.repeat(200_000));
    const entries = entriesOf([...files, { path: 'objects/many.ndjson', bytes: text }]);
    const bytes = await sealed({ compression: 'zstd', entries });
    expect((await opened(bytes)).at(-1)?.bytes.length).toBe(text.length);
    expect((await inspect(new MemorySource(bytes))).members[0]?.name).toBe('content.tar.zst.age');
  });

  testWith(
    [{ what: 'a Node.js without zstd', met: !nodeZstd.met }],
    'zstd is refused where Node lacks it',
    async () => {
      await expect(() => sealed({ compression: 'zstd' })).toThrowCode('UNSUPPORTED');
    },
  );

  test('without a signature, when that is allowed', async () => {
    const bytes = await sealed({ signer: undefined });
    await expect(() => opened(bytes)).toThrowCode('PACKAGE_UNTRUSTED');
    expect(plain(await opened(bytes, { trust: lenient }))).toEqual(plain(files));
  });

  test('with a passphrase', async () => {
    const bytes = await sealed({ encryption: { passphrase: new Secret('correct horse') } });
    const passphrase = () => Promise.resolve(new Secret('correct horse'));
    expect(plain(await opened(bytes, { keys: { identities: [], passphrase } }))).toEqual(plain(files));
  });

  // As large as this in `npm run prove`.
  const mebibytes = all ? 256 : 8;
  test(`with ${String(mebibytes)} MiB, which are written and read in pieces of at most a megabyte`, async () => {
    const size = mebibytes * 2 ** 20;
    const piece = seededRandom('piece').bytes(2 ** 20);
    const content = async function* () {
      for (let left = size; left > 0; left -= piece.length) yield await Promise.resolve(piece);
    };
    const sink = new MemorySink();
    const entry = { path: 'native/big', size, content };
    await seal(input({ entries: these(entry), encryption: undefined }), sink, tools(), never);
    expect(sink.largestWrite).toBeLessThanOrEqual(2 ** 20 + 2 ** 16);
    const source = new MemorySource(sink.bytes);
    const verified = await verify(source, trust, never);
    expect(verified.manifest.content.compression).toBe('none');
    const hash = createHash('sha256');
    for await (const one of open(source, verified, keys, defaultLimits, never)) {
      for await (const chunk of one.content) {
        expect(chunk.length).toBeLessThanOrEqual(2 ** 20);
        hash.update(chunk);
      }
    }
    expect(hash.digest('hex')).toBe(verified.manifest.content.files?.[0]?.sha256);
  });
});

describe('the bytes of a package', () => {
  test('are the same for the same input, however it is cut into pieces', async () => {
    const inPieces = files.map((file) => ({
      ...entryOf(file),
      content: () => once(file.bytes.subarray(0, 1), file.bytes.subarray(1)),
    }));
    const first = Buffer.from(await sealed());
    expect(first.equals(await sealed())).toBe(true);
    expect(first.equals(await sealed({ entries: these(...inPieces) }))).toBe(true);
    expect(first.equals(await sealed({}, 'other randomness'))).toBe(false);
  });

  test('are the same when the entries use their memory again', async () => {
    const bytes = seededRandom('again').bytes((all ? 20 : 3) * 2 ** 20);
    const reusing = async function* () {
      const memory = new Uint8Array(700_000);
      for (let offset = 0; offset < bytes.length; offset += memory.length) {
        const piece = bytes.subarray(offset, offset + memory.length);
        memory.set(piece);
        yield await Promise.resolve(memory.subarray(0, piece.length));
        memory.fill(0xee);
      }
    };
    const whole = { path: 'native/big', bytes };
    for (const compression of ['none', 'gzip'] as const) {
      const usual = await sealed({ compression, entries: entriesOf([whole]) });
      const again = await sealed({ compression, entries: these({ ...entryOf(whole), content: reusing }) });
      expect(Buffer.from(usual).equals(again)).toBe(true);
    }
  });

  test('are the same when an entry gives its bytes at once', async () => {
    const parts = [0, 1, 511, 3_000_000].map((size) => ({
      path: `native/${size}`,
      bytes: seededRandom('at hand').bytes(size),
    }));
    const atHand = these(...parts.map((part) => ({ ...entryOf(part), content: () => part.bytes })));
    expect(Buffer.from(await sealed({ entries: entriesOf(parts) })).equals(await sealed({ entries: atHand }))).toBe(
      true,
    );
  });

  test('are compressed only when the first megabyte shrinks', async () => {
    const name = async (bytes: Uint8Array) => {
      const package_ = await sealed({ entries: entriesOf([{ path: 'native/x', bytes }]) });
      return (await inspect(new MemorySource(package_))).members[0]?.name;
    };
    expect(await name(Buffer.alloc(3_000_000, 'text '))).toBe('content.tar.gz.age');
    expect(await name(seededRandom('noise').bytes(3_000_000))).toBe('content.tar.age');
  });
});

describe('the manifest', () => {
  test('says what was sealed', async () => {
    const sink = new MemorySink();
    const result = await seal(input(), sink, tools(), never);
    expect(result.size).toBe(sink.bytes.length);
    expect(result.signer).toBe(signer.keyId);
    expect(result.manifest).toEqual({
      format: 'migrator-package/1',
      id: 'acme-web',
      version: '1.2.3',
      createdAt: '2026-11-21T01:02:03Z',
      createdBy: 'migrator-cli 0.1.0',
      private: false,
      source: { product: 'octopus', version: '2026.4.1', instance: 'prod', url: 'https://octopus.example' },
      scope: { projects: ['Web shop'], exclude: ['certificates'] },
      notes: ['2 variables are sensitive'],
      content: {
        member: 'content.tar.gz.age',
        compression: 'gzip',
        encryption: 'recipients',
        recipients: [identity.recipient.toString()],
        counts: { files: files.length, bytes: files.reduce((sum, { bytes }) => sum + bytes.length, 0) },
        files: files.map(({ path, bytes, mediaType }) => ({
          path,
          size: bytes.length,
          sha256: createHash('sha256').update(bytes).digest('hex'),
          ...(mediaType === undefined ? {} : { mediaType }),
        })),
      },
    });
    const inspection = await inspect(new MemorySource(sink.bytes));
    expect(inspection.manifest).toEqual(result.manifest);
    expect(inspection.signature).toEqual({
      keyId: signer.keyId,
      trustedComment: 'format=migrator-package/1 id=acme-web version=1.2.3 created=2026-11-21T01:02:03Z',
    });
    expect(inspection.members.map((member) => member.name)).toEqual([
      'content.tar.gz.age',
      'manifest.json',
      'SHA256SUMS',
      'SHA256SUMS.minisig',
    ]);
  });

  test('holds neither the credentials of the URL nor the control characters of the notes', async () => {
    const url = 'https://admin:hunter2@octopus.example/app';
    const source = { product: 'octopus', version: '1', instance: 'prod', url };
    const bytes = await sealed({ source, notes: ['one\r\ntwo\u001b[31m'] });
    const { manifest } = await inspect(new MemorySource(bytes));
    expect(manifest.source?.url).toBe('https://octopus.example/app');
    expect(manifest.notes).toEqual(['one\ntwo\ufffd[31m']);
    expect(Buffer.from(bytes).includes('hunter2')).toBe(false);
  });
});

describe('sealing fails and discards the sink', () => {
  const deep = JSON.parse(`${'['.repeat(100)}${']'.repeat(100)}`) as Json;
  const failing = async function* () {
    yield await Promise.resolve(Buffer.from('abc'));
    throw new MigratorError('REMOTE_UNREACHABLE', 'the server went away');
  };
  const entry = (change: Partial<PayloadEntry>) => these({ ...entryOf(files[0]!), ...change });
  test.each<[string, Partial<SealInput>, MigratorError['code']]>([
    ['an id with a slash', { id: 'a/b' }, 'USAGE'],
    ['an id that Windows reserves', { id: 'aux' }, 'USAGE'],
    ['a version without a number', { version: 'v1' }, 'USAGE'],
    ['an invalid time', { createdAt: new Date(Number.NaN) }, 'USAGE'],
    ['a time before 1970', { createdAt: new Date(-1000) }, 'USAGE'],
    ['a scope that is nested too deeply', { scope: deep }, 'USAGE'],
    ['no recipients', { encryption: { recipients: [] } }, 'USAGE'],
    ['an empty passphrase', { encryption: { passphrase: new Secret('') } }, 'USAGE'],
    ['a private manifest without encryption', { encryption: undefined, privateManifest: true }, 'USAGE'],
    ['a file with the path of the private part', { entries: entry({ path: 'private.json' }) }, 'USAGE'],
    ['a negative size', { entries: entry({ size: -1 }) }, 'USAGE'],
    ['a strange media type', { entries: entry({ mediaType: 'a\nb' }) }, 'USAGE'],
    ['a content with too few bytes', { entries: entry({ size: 3001 }) }, 'LOCAL_IO'],
    ['a content with too many bytes', { entries: entry({ size: 2999 }) }, 'LOCAL_IO'],
    ['a source that fails', { entries: entry({ content: failing }) }, 'REMOTE_UNREACHABLE'],
  ])('for %s', async (_, change, code) => {
    const sink = new MemorySink();
    await expect(() => seal(input(change), sink, tools(), never)).toThrowCode(code);
    expect(sink.state).toBe('discarded');
  });

  test('for a manifest that would be too long, before all files are read', async () => {
    const endless = async function* () {
      for (let index = 0; ; index += 1) {
        yield await Promise.resolve(
          entryOf({ path: `files/${'long-name-'.repeat(24)}${index}`, bytes: new Uint8Array(0) }),
        );
      }
    };
    const sink = new MemorySink();
    await expect(() => seal(input({ entries: endless() }), sink, tools(), never)).toThrowCode('USAGE');
    expect(sink.state).toBe('discarded');
  });

  class FullDisk extends MemorySink {
    override write(chunk: Uint8Array): Promise<void> {
      if (this.bytes.length > 1000) return Promise.reject(new MigratorError('LOCAL_IO', 'the disk is full'));
      return super.write(chunk);
    }
  }
  class Taken extends MemorySink {
    override commit(): Promise<void> {
      return Promise.reject(new MigratorError('CONFLICT', 'it exists'));
    }
  }
  class Stuck extends FullDisk {
    override discard(): Promise<void> {
      return Promise.reject(new Error('EBUSY'));
    }
  }
  test('when the sink refuses to write, to commit or to discard', async () => {
    const full = new FullDisk();
    await expect(() => seal(input(), full, tools(), never)).toThrowCode('LOCAL_IO');
    expect(full.state).toBe('discarded');
    const taken = new Taken();
    await expect(() => seal(input({ entries: entriesOf(files) }), taken, tools(), never)).toThrowCode('CONFLICT');
    expect(taken.state).toBe('discarded');
    const failure = seal(input({ entries: entriesOf(files) }), new Stuck(), tools(), never);
    await expect(failure).rejects.toThrow('the disk is full; and what was written could not be removed');
  });

  test.each([0, 1000])('when the sink refuses to write after %i bytes, and closes the entries', async (limit) => {
    class Refusing extends MemorySink {
      override write(chunk: Uint8Array): Promise<void> {
        if (this.bytes.length >= limit) return Promise.reject(new MigratorError('LOCAL_IO', 'the disk is full'));
        return super.write(chunk);
      }
    }
    const log: string[] = [];
    const endless = async function* () {
      try {
        for (let index = 0; ; index += 1) {
          const bytes = seededRandom(String(index)).bytes(300_000);
          yield await Promise.resolve(entryOf({ path: `files/${index}`, bytes }));
        }
      } finally {
        log.push('closed');
      }
    };
    for (const compression of ['auto', 'gzip'] as const) {
      const sealing = () => seal(input({ entries: endless(), compression }), new Refusing(), tools(), never);
      await expect(sealing).toThrowCode('LOCAL_IO');
    }
    // With a fixed compression nothing was read when the very first write failed, so there is nothing to close.
    expect(log).toHaveLength(limit === 0 ? 1 : 2);
  });

  test('when it is aborted, even while the source is stuck', async () => {
    const abort = new AbortController();
    const stuck = async function* () {
      yield await Promise.resolve(Buffer.alloc(10));
      setTimeout(() => abort.abort(), 20);
      await new Promise(() => undefined);
    };
    const sink = new MemorySink();
    const started = Date.now();
    await expect(() => seal(input({ entries: entry({ content: stuck }) }), sink, tools(), abort.signal)).toThrowCode(
      'CANCELLED',
    );
    expect(Date.now() - started).toBeLessThan(20_000);
    expect(sink.state).toBe('discarded');
    await expect(() => seal(input(), new MemorySink(), tools(), AbortSignal.abort())).toThrowCode('CANCELLED');
  });
});

test('progress counts the bytes that were read', async () => {
  const steps: number[] = [];
  await seal(input(), new MemorySink(), { ...tools(), onProgress: (bytes) => steps.push(bytes) }, never);
  expect(steps.at(-1)).toBe(files.reduce((sum, { bytes }) => sum + bytes.length, 0));
});
