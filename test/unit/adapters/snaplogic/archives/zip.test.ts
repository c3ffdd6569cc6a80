import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import * as yazl from 'yazl';
import { documentsOf, memberNames, packed } from '../../../../../src/adapters/snaplogic/archives/zip.ts';
import { MigratorError } from '../../../../../src/errors.ts';
import type { ArtifactFile } from '../../../../../src/ports/artifact.ts';
import { never } from '../../../../support/adapter-tools.ts';
import { testWith } from '../../../../support/programs.ts';
import { zipOf } from '../../../../support/zip.ts';

interface Counted extends ArtifactFile {
  /** Bytes that were asked for with `range`. */
  read: number;
}

/** A file on a disk: it cannot be read as a whole here. */
function onDisk(bytes: Buffer): Counted {
  const file: Counted = {
    path: 'native/Invoices.zip',
    size: bytes.length,
    mediaType: 'application/zip',
    read: 0,
    open: () => {
      throw new Error('the whole file was read');
    },
    range: async function* (start, length) {
      file.read += length;
      yield await Promise.resolve(new Uint8Array(bytes.subarray(start, start + length)));
    },
  };
  return file;
}

function streamed(bytes: Buffer): ArtifactFile {
  return {
    path: 'native/Invoices.zip',
    size: undefined,
    mediaType: 'application/zip',
    open: async function* () {
      for (let at = 0; at < bytes.length; at += 7) yield await Promise.resolve(bytes.subarray(at, at + 7));
    },
  };
}

const wanted = ['export.json', 'accounts_template.json'];
const read = async (file: ArtifactFile) => Object.fromEntries(await documentsOf(file, wanted, never));
const members = { 'files/a.bin': 'x'.repeat(1000), 'export.json': '\uFEFF{"entries":[]}' };
const expectMalformed = (bytes: Buffer) => expect(() => read(onDisk(bytes))).toThrowCode('PACKAGE_MALFORMED');

async function zip64(): Promise<Buffer> {
  const zip = new yazl.ZipFile();
  zip.addBuffer(Buffer.from('{"entries":[]}'), 'export.json', { compress: false, forceZip64Format: true });
  zip.end({ forceZip64Format: true, comment: '' });
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe('documents are read', () => {
  test.each(['stored', 'deflated'] as const)('from a zip of %s members, by ranges or from a stream', async (method) => {
    const bytes = zipOf(members, method);
    expect(await read(onDisk(bytes))).toEqual({ 'export.json': { entries: [] } });
    expect(await read(streamed(bytes))).toEqual({ 'export.json': { entries: [] } });
  });

  test('without the other members, however large they are', async () => {
    const file = onDisk(zipOf({ ...members, 'files/large.bin': 'x'.repeat(5_000_000) }, 'stored'));
    await read(file);
    expect(file.read).toBeLessThan(100_000);
  });

  test('from a zip64 file', async () => {
    expect(await read(onDisk(await zip64()))).toEqual({ 'export.json': { entries: [] } });
  });

  testWith(['python3'], 'from a zip64 file of another writer', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'zip-'));
    try {
      const script = `import sys,zipfile
z=zipfile.ZipFile(sys.argv[1],"w",zipfile.ZIP_DEFLATED)
with z.open("export.json","w",force_zip64=True) as f: f.write(b'{"entries":[]}')
z.close()`;
      execFileSync('python3', ['-c', script, join(folder, 'a.zip')]);
      expect(await read(onDisk(readFileSync(join(folder, 'a.zip'))))).toEqual({ 'export.json': { entries: [] } });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('beside members whose names lead out of a folder', async () => {
    const bytes = zipOf({ ...members, '../../x': 'x', '/etc/x': 'x', 'C:\\x': 'x' });
    expect(await read(onDisk(bytes))).toEqual({ 'export.json': { entries: [] } });
    expect(await memberNames(onDisk(bytes), never)).toContain('C:\\x');
  });
});

describe('PACKAGE_MALFORMED', () => {
  test('is a zip that is cut off anywhere', async () => {
    const bytes = zipOf(members);
    for (let length = 0; length < bytes.length; length += 1) await expectMalformed(bytes.subarray(0, length));
  });

  test('is the only harm that a changed byte can do', async () => {
    for (const bytes of [zipOf(members), await zip64()]) {
      for (let at = 0; at < bytes.length; at += 1) {
        const changed = Buffer.from(bytes);
        changed[at]! ^= 0xff;
        const fault = await read(onDisk(changed)).then(
          () => undefined,
          (error: unknown) => error,
        );
        if (fault !== undefined) expect(fault).toMatchObject({ code: 'PACKAGE_MALFORMED' });
      }
    }
  });

  test('is a document that does not match its checksum', async () => {
    const bytes = zipOf(members, 'stored');
    bytes.write('{"entries":[1', bytes.indexOf('{"entries"'));
    await expectMalformed(bytes);
  });

  test.each([
    ['an encrypted document', 8, 1, /encrypted/],
    ['an unknown way of packing', 10, 99, /not known \(99\)/],
    ['a document longer than the limit', 27, 0x7f, /too long/],
    ['a document that grows beyond its stated size', 24, 1, /damaged/],
  ])('is %s', async (_, field, value, says) => {
    const bytes = zipOf({ 'export.json': JSON.stringify({ entries: [], more: 'x'.repeat(100_000) }) });
    bytes.writeUInt8(value, bytes.indexOf('PK\x01\x02') + field);
    await expect(read(onDisk(bytes))).rejects.toThrow(says);
    await expectMalformed(bytes);
  });
});

test('a failure of the disk is told as such', async () => {
  const file: ArtifactFile = {
    ...onDisk(zipOf(members)),
    range: () => {
      throw new MigratorError('LOCAL_IO', 'could not read');
    },
  };
  await expect(() => read(file)).toThrowCode('LOCAL_IO');
});

describe('packed', () => {
  const files = [
    { name: 'größe.expr', bytes: Buffer.from('{ x: 1 }') },
    { name: 'empty', bytes: Buffer.alloc(0) },
  ];

  test('files are read again, and the same files give the same bytes, whatever the time is', async () => {
    const bytes = await packed(files);
    expect((await packed(files)).equals(bytes)).toBe(true);
    expect(await memberNames(onDisk(bytes), never)).toEqual(['größe.expr', 'empty']);
    expect(bytes.includes('{ x: 1 }')).toBe(true);
    // 1 January 1980, 00:00, as MS-DOS counts.
    expect(bytes.readUInt32LE(bytes.indexOf('PK\x01\x02') + 12)).toBe(0x0021_0000);
  });

  test.each(['a\\b.expr', 'C:a.expr', '..'])('a file called %s is USAGE', async (name) => {
    await expect(() => packed([{ name, bytes: Buffer.alloc(0) }])).toThrowCode('USAGE');
  });
});
