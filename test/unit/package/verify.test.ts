import { describe, expect, test } from '@jest/globals';
import { isMigratorError } from '../../../src/errors.ts';
import { generateSigningKey, inspect, verify, type TrustPolicy } from '../../../src/package/index.ts';
import {
  part,
  forged,
  forgedParts,
  form,
  partsOf,
  rawHeader,
  sha256,
  tarOf,
  type Part,
} from '../../support/forgery.ts';
import { MemorySource, seededRandom } from '../../support/memory-bytes.ts';
import { never, sealed, signer, trust } from '../../support/packages.ts';

async function refusal(bytes: Uint8Array, policy: TrustPolicy = trust) {
  try {
    await verify(new MemorySource(bytes), policy, never);
  } catch (error) {
    if (isMigratorError(error))
      return { code: error.code, check: error.details['check'], message: error.message, hint: error.hint };
    throw error;
  }
  return undefined;
}

const other = generateSigningKey(seededRandom('somebody else'));

test('a forged package without a fault is accepted', async () => {
  expect(await refusal(forged())).toBeUndefined();
});

describe('the container', () => {
  const [content, manifest, sums, signature] = forgedParts() as [Part, Part, Part, Part];
  const link = rawHeader((block) => block.write('2', 156), 'content.tar', content.bytes.length);
  const sparse = rawHeader((block) => block.write('S', 156), 'content.tar', content.bytes.length);
  const pax = part('PaxHeader', '30 path=something/else.json\n', form.encode('PaxHeader', 28, 'x'));
  const huge = rawHeader((block) => block.fill(0xff, 124, 136), 'content.tar');
  const far = rawHeader((block) => block.set([0x80, 0, 0, 0, 0, 0, 0x7f, 0, 0, 0, 0, 0], 124), 'content.tar');
  const setuid = rawHeader((block) => block.write('004755', 100), 'content.tar', content.bytes.length);
  const owned = rawHeader((block) => block.write('root', 265), 'content.tar', content.bytes.length);
  const base256 = rawHeader((block) => {
    block.fill(0, 124, 136);
    block[124] = 0x80;
    block.writeUInt32BE(content.bytes.length, 132);
  }, 'content.tar');
  const later = rawHeader((block) => block.write('15000000000', 136), 'manifest.json', manifest.bytes.length);
  const whole = tarOf([content, manifest, sums, signature]);

  test.each<[string, Uint8Array]>([
    ['empty', Buffer.alloc(0)],
    ['zeros', Buffer.alloc(10240)],
    ['text', Buffer.from('hello '.repeat(300))],
    ['members in another order', tarOf([manifest, content, sums, signature])],
    ['a member twice', tarOf([content, content, manifest, sums, signature])],
    ['the signature twice', tarOf([content, manifest, sums, signature, signature])],
    ['a further member', tarOf([content, manifest, sums, signature, part('README', 'hi')])],
    ['one member less', tarOf([content, manifest, signature])],
    ['no sums', tarOf([content, manifest])],
    ['another name', tarOf([part('content.zip', content.bytes), manifest, sums, signature])],
    ['an absolute name', tarOf([part('/content.tar', content.bytes), manifest, sums, signature])],
    ['a link', tarOf([part('content.tar', content.bytes, link), manifest, sums, signature])],
    ['a sparse file', tarOf([part('content.tar', content.bytes, sparse), manifest, sums, signature])],
    ['a pax record', tarOf([pax, content, manifest, sums, signature])],
    ['a negative size', tarOf([part('content.tar', content.bytes, huge), manifest, sums, signature])],
    ['a size beyond the end', tarOf([part('content.tar', content.bytes, far), manifest, sums, signature])],
    ['a set-uid bit', tarOf([part('content.tar', content.bytes, setuid), manifest, sums, signature])],
    ['an owner', tarOf([part('content.tar', content.bytes, owned), manifest, sums, signature])],
    ['a small size in base 256', tarOf([part('content.tar', content.bytes, base256), manifest, sums, signature])],
    ['different times', tarOf([content, part('manifest.json', manifest.bytes, later), sums, signature])],
    [
      'a manifest that is too long',
      tarOf([content, part('manifest.json', Buffer.alloc(17 * 2 ** 20, 0x20)), sums, signature]),
    ],
    ['one zero block at the end', tarOf([content, manifest, sums, signature], Buffer.alloc(512))],
    ['no end', tarOf([content, manifest, sums, signature], Buffer.alloc(0))],
    ['trailing bytes', Buffer.concat([whole, Buffer.from([0])])],
    ['a trailing block of zeros', Buffer.concat([whole, Buffer.alloc(512)])],
    ['two packages in a row', Buffer.concat([whole, whole])],
    ['a wrong checksum', Buffer.concat([whole.subarray(0, 148), Buffer.from('000000\0 '), whole.subarray(156)])],
  ])('is refused when it is or has %s', async (_, bytes) => {
    expect(await refusal(bytes)).toMatchObject({ code: 'PACKAGE_MALFORMED', check: 'container' });
    await expect(() => inspect(new MemorySource(bytes))).toThrowCode('PACKAGE_MALFORMED');
  });

  test('is refused when bytes are hidden in the padding', async () => {
    const bytes = Buffer.from(tarOf(partsOf(await sealed())));
    const [first] = partsOf(bytes);
    expect(first!.bytes.length % 512).not.toBe(0);
    bytes[512 + first!.bytes.length] = 1;
    expect(await refusal(bytes)).toMatchObject({ code: 'PACKAGE_MALFORMED', check: 'container' });
  });

  test('is called cut short when it is', async () => {
    const bytes = await sealed();
    expect((await refusal(bytes.subarray(0, 2000)))?.message).toContain('cut short');
    expect((await refusal(bytes.subarray(0, bytes.length - 1)))?.message).toContain('cut short');
  });
});

describe('the signature', () => {
  test('of an unknown signer is refused, with the key id and the command that trusts a key', async () => {
    const found = await refusal(forged({ key: other }));
    expect(found).toMatchObject({ code: 'PACKAGE_UNTRUSTED', check: 'signer' });
    expect(found?.message).toContain(other.keyId);
    expect(found?.hint).toContain('migrator key trust <public key>');
  });

  test('may be missing or of an unknown signer only when that is allowed', async () => {
    const unsigned = tarOf(forgedParts().slice(0, 3));
    expect(await refusal(unsigned)).toMatchObject({ code: 'PACKAGE_UNTRUSTED', check: 'signer' });
    const unsignedToo = { ...trust, allowUnsigned: true };
    const unknownToo = { ...trust, allowUnknownSigner: true };
    expect((await verify(new MemorySource(unsigned), unsignedToo, never)).signer).toBeUndefined();
    const unknown = forged({ key: other });
    const signed = await verify(new MemorySource(unknown), unknownToo, never);
    expect(signed.signer).toEqual({ keyId: other.keyId, trusted: false });
    expect(await refusal(unknown, unsignedToo)).toMatchObject({ code: 'PACKAGE_UNTRUSTED', check: 'signer' });
    expect(await refusal(unsigned, unknownToo)).toMatchObject({ code: 'PACKAGE_UNTRUSTED', check: 'signer' });
  });

  test('of a trusted key is told with the name of the key and with what gives the trust', async () => {
    const origin = () => ({ name: 'colleague', trustedBy: '/keys/colleague.pub' });
    const signed = await verify(new MemorySource(forged()), { ...trust, origin }, never);
    expect(signed.signer).toEqual({ keyId: signer.keyId, trusted: true, ...origin() });
  });

  const sums = Buffer.from(forgedParts()[2]!.bytes);
  const comment = 'format=migrator-package/1 id=acme version=1.0.0 created=2026-11-21T01:02:03Z';
  const right = signer.sign(sums, comment);
  const lines = right.split('\n');
  const legacy = Buffer.from(lines[1]!, 'base64');
  legacy.write('Ed', 'latin1');
  const stolen = Buffer.from(lines[1]!, 'base64');
  stolen.set(Buffer.from(other.sign(sums, comment).split('\n')[1]!, 'base64').subarray(10), 10);

  test.each<[string, string, string, string]>([
    ['over another file', signer.sign(Buffer.from('something'), comment), 'PACKAGE_UNTRUSTED', 'signature'],
    ['with an exchanged comment', right.replace('acme', 'evil'), 'PACKAGE_UNTRUSTED', 'signature'],
    [
      'by another key under this id',
      right.replace(lines[1]!, stolen.toString('base64')),
      'PACKAGE_UNTRUSTED',
      'signature',
    ],
    ['of the legacy algorithm', right.replace(lines[1]!, legacy.toString('base64')), 'PACKAGE_UNTRUSTED', 'signature'],
    ['for another id', signer.sign(sums, comment.replace('acme', 'other')), 'PACKAGE_UNTRUSTED', 'manifest'],
    ['for another version', signer.sign(sums, comment.replace('1.0.0', '1.0.1')), 'PACKAGE_UNTRUSTED', 'manifest'],
    [
      'with an untrusted comment of its own',
      right.replace('signature from', 'click here:'),
      'PACKAGE_MALFORMED',
      'signature',
    ],
    ['with CRLF', right.replaceAll('\n', '\r\n'), 'PACKAGE_MALFORMED', 'signature'],
    ['with a further line', `${right}more\n`, 'PACKAGE_MALFORMED', 'signature'],
    ['without its last line', lines.slice(0, 3).join('\n'), 'PACKAGE_MALFORMED', 'signature'],
    ['empty', '', 'PACKAGE_MALFORMED', 'signature'],
  ])('is refused when it is %s', async (_, signature, code, check) => {
    expect(await refusal(forged({ signature }))).toMatchObject({ code, check });
    const lenient = { trusted: trust.trusted, allowUnsigned: true, allowUnknownSigner: true };
    expect(await refusal(forged({ signature }), lenient)).toMatchObject({ code, check });
  });

  test('of the legacy algorithm is refused with a message of its own', async () => {
    const signature = right.replace(lines[1]!, legacy.toString('base64'));
    expect((await refusal(forged({ signature })))?.message).toContain('legacy');
  });

  test('does not fit members of another package by the same signer', async () => {
    const [a, b] = [partsOf(await sealed()), partsOf(await sealed({ id: 'other' }, 'other'))];
    for (let mask = 1; mask < 15; mask += 1) {
      const mixed = a.map((member, index) => ((mask >> index) & 1 ? b[index]! : member));
      expect((await refusal(tarOf(mixed)))?.code).toMatch(/^PACKAGE_/);
    }
  });
});

describe('SHA256SUMS', () => {
  const [content, manifest] = forgedParts().map(({ bytes }) => sha256(bytes)) as [string, string];
  const good = `${content}  content.tar\n${manifest}  manifest.json\n`;
  test.each([
    ['a further line', `${good}${content}  content.tar\n`],
    ['CRLF', good.replaceAll('\n', '\r\n')],
    ['no line feed at the end', good.trimEnd()],
    ['one line', good.split('\n').slice(0, 1).join('\n')],
    ['another order', `${manifest}  manifest.json\n${content}  content.tar\n`],
    ['upper case', good.toUpperCase()],
    ['binary mode', good.replaceAll('  ', ' *')],
    ['another path', good.replace('content.tar', './content.tar')],
    ['a wrong sum of the content', good.replace(content, manifest)],
    ['a wrong sum of the manifest', good.replace(manifest, content)],
  ])('is refused when it has %s', async (_, sums) => {
    expect(await refusal(forged({ sums }))).toMatchObject({ code: 'PACKAGE_MALFORMED', check: 'sums' });
  });

  test('does not fit an exchanged content', async () => {
    const parts = forgedParts();
    const evil = forgedParts({ listed: [{ path: 'files/a', bytes: Buffer.from('omega') }] });
    expect(await refusal(tarOf([evil[0]!, ...parts.slice(1)]))).toMatchObject({ check: 'sums' });
  });
});

describe('the manifest', () => {
  const text = Buffer.from(forgedParts()[1]!.bytes).toString();
  test.each<[string, Parameters<typeof forged>[0]]>([
    ['a key twice', { manifestBytes: Buffer.from(text.replace('{"content"', '{"content":1,"content"')) }],
    ['spaces', { manifestBytes: Buffer.from(text.replace('":', '": ')) }],
    ['no line feed', { manifestBytes: Buffer.from(text.trimEnd()) }],
    ['bytes after its end', { manifestBytes: Buffer.from(`${text}x`) }],
    ['a byte order mark', { manifestBytes: Buffer.from(`\ufeff${text}`) }],
    ['invalid UTF-8', { manifestBytes: Buffer.concat([Buffer.from(text), Buffer.from([0xff])]) }],
    ['text that is not JSON', { manifestBytes: Buffer.from('hello\n') }],
    ['no bytes', { manifestBytes: Buffer.alloc(0) }],
    ['extremely deep nesting', { manifestBytes: Buffer.from('['.repeat(100_000)) }],
    ['deep nesting', { manifest: { scope: JSON.parse(`${'['.repeat(70)}${']'.repeat(70)}`) as never } }],
    ['an unknown key', { manifest: { extra: 1 } }],
    ['an unknown key inside', { content: { extra: 1 } }],
    ['a wrong type', { manifest: { notes: 'none' } }],
    ['a version without a number', { manifest: { version: 'v1' } }],
    ['an id with a slash', { manifest: { id: 'a/b' } }],
    ['an id that Windows reserves', { manifest: { id: 'nul' } }],
    ['control characters', { manifest: { createdBy: 'x\u001b[31m' } }],
    ['a day that does not exist', { manifest: { createdAt: '2026-02-30T00:00:00Z' } }],
    ['a time that differs from the headers', { manifest: { createdAt: '2026-11-21T01:02:04Z' } }],
    ['counts that do not fit', { content: { counts: { files: 2, bytes: 5 } } }],
    ['a negative size', { content: { files: [{ path: 'files/a', size: -5, sha256: sha256(Buffer.alloc(0)) }] } }],
    ['recipients without encryption', { content: { recipients: ['age1x'] } }],
    ['a scope although it is private', { manifest: { private: true } }],
    ['no list of files', { content: { files: null } }],
  ])('is refused when it has %s', async (_, change) => {
    expect(await refusal(forged(change))).toMatchObject({ code: 'PACKAGE_MALFORMED', check: 'manifest' });
  });

  test('is refused when it is for another member', async () => {
    const parts = forgedParts();
    const named = forgedParts({ content: { member: 'content.tar.gz', compression: 'gzip' } });
    const sums = Buffer.from(parts[2]!.bytes).toString().replace(sha256(parts[1]!.bytes), sha256(named[1]!.bytes));
    const signature = signer.sign(Buffer.from(sums), 'format=migrator-package/1 id=acme');
    const bytes = tarOf([parts[0]!, named[1]!, part('SHA256SUMS', sums), part('SHA256SUMS.minisig', signature)]);
    expect(await refusal(bytes)).toMatchObject({ code: 'PACKAGE_MALFORMED', check: 'manifest' });
  });

  test('of a newer format is refused with the name of that format', async () => {
    const newer = forged({ manifest: { format: 'migrator-package/3', more: true } });
    expect((await refusal(newer))?.message).toContain('migrator-package/3');
    const onlyInside = forged({ manifest: { format: 'migrator-package/3' }, comment: 'format=migrator-package/1' });
    expect((await refusal(onlyInside))?.message).toContain('migrator-package/3');
  });
});

test('inspect reads only headers and small members', async () => {
  const big = seededRandom('big').bytes(8 * 2 ** 20);
  const entry = { path: 'native/big', size: big.length, content: () => bytesOf(big) };
  const source = new MemorySource(await sealed({ entries: bytesOf(entry) }));
  await inspect(source);
  expect(source.reads.reduce((sum, { length }) => sum + length, 0)).toBeLessThan(20_000);
});

async function* bytesOf<T>(...items: readonly T[]): AsyncGenerator<T, void> {
  for (const item of items) yield await Promise.resolve(item);
}

test('progress ends with the whole size, and an abort ends verifying', async () => {
  const source = new MemorySource(forged());
  const steps: [number, number][] = [];
  await verify(source, trust, never, (done, total) => steps.push([done, total]));
  expect(steps.at(-1)?.[0]).toBe(steps.at(-1)?.[1]);
  await expect(() => verify(source, trust, AbortSignal.abort())).toThrowCode('CANCELLED');
});
