import { execFileSync } from 'node:child_process';
import { mkdir, readdir, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { openStdinSource } from '../../../../src/cli/packages/standard-input.ts';
import { openFileSource } from '../../../../src/files/file-source.ts';
import type { ByteStream } from '../../../../src/ports/artifact.ts';
import { testIO } from '../../../support/test-io.ts';
import { tempDirs } from '../../../support/with-temp-dir.ts';

const tempDir = tempDirs();

async function collect(stream: ByteStream): Promise<Buffer[]> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return chunks;
}

describe('openFileSource', () => {
  test('reads at any position and streams in chunks of 1 MiB', async () => {
    const folder = await tempDir();
    const content = Buffer.alloc(2_500_000, 'abcdefg');
    await writeFile(join(folder, 'f'), content);
    const source = await openFileSource(join(folder, 'f'));
    expect(source.size).toBe(content.length);
    expect(Buffer.from(await source.read(1_000_001, 5))).toEqual(content.subarray(1_000_001, 1_000_006));
    expect(await source.read(content.length - 2, 10)).toHaveLength(2);
    expect(await source.read(content.length + 5, 10)).toHaveLength(0);
    const chunks = await collect(source.stream(10, content.length));
    expect(chunks.map(({ length }) => length)).toEqual([1_048_576, 1_048_576, content.length - 10 - 2 * 1_048_576]);
    expect(Buffer.concat(chunks).equals(content.subarray(10))).toBe(true);
    expect(await collect(source.stream(3, 3))).toEqual([]);
    const turns: { memory: ArrayBufferLike; text: string }[] = [];
    for await (const chunk of source.stream(10, content.length, 2)) {
      turns.push({ memory: chunk.buffer, text: Buffer.from(chunk).toString() });
    }
    expect(turns.map(({ text }) => text).join('')).toBe(content.toString('utf8', 10));
    expect(turns[2]!.memory).toBe(turns[0]!.memory);
    expect(turns[1]!.memory).not.toBe(turns[0]!.memory);
    await source.close();
  });

  test('a file that shrinks while it is read is LOCAL_IO', async () => {
    const folder = await tempDir();
    const path = join(folder, 'f');
    await writeFile(path, Buffer.alloc(3_000_000));
    const source = await openFileSource(path);
    const stream = source.stream(0, source.size)[Symbol.asyncIterator]();
    await stream.next();
    await truncate(path, 1_048_576);
    await expect(() => stream.next()).toThrowCode('LOCAL_IO');
    await source.close();
  });

  test('missing files, folders and pipes are USAGE, and it does not wait for a pipe', async () => {
    const folder = await tempDir();
    await mkdir(join(folder, 'd'));
    const names = ['missing', 'd', 'missing/x'];
    if (process.platform !== 'win32') {
      execFileSync('mkfifo', [join(folder, 'pipe')]);
      names.push('pipe');
    }
    for (const name of names) await expect(() => openFileSource(join(folder, name))).toThrowCode('USAGE');
  });
});

describe('openStdinSource', () => {
  const leftovers = async (): Promise<string[]> =>
    (await readdir(tmpdir())).filter((name) => name.startsWith('migrator-stdin-'));

  test('returns the bytes in order, and leaves nothing in the temporary folder', async () => {
    const before = await leftovers();
    const content = Buffer.alloc(1_500_000, 'xyz');
    const stdin = Readable.from([content.subarray(0, 700_001), content.subarray(700_001)]);
    const source = await openStdinSource(testIO({ stdin }));
    expect(source.size).toBe(content.length);
    expect(Buffer.concat(await collect(source.stream(0, source.size))).equals(content)).toBe(true);
    await source.close();
    expect(await leftovers()).toEqual(before);
  });

  test('a terminal and an empty input are USAGE errors', async () => {
    await expect(() => openStdinSource(testIO({ stdinIsTTY: true }))).toThrowCode('USAGE');
    await expect(() => openStdinSource(testIO())).toThrowCode('USAGE');
  });

  test('an interruption ends the wait with CANCELLED', async () => {
    const before = await leftovers();
    const controller = new AbortController();
    const stdin = new PassThrough();
    stdin.write('begun');
    const opened = openStdinSource(testIO({ stdin }), controller.signal);
    setTimeout(() => controller.abort(), 20);
    await expect(() => opened).toThrowCode('CANCELLED');
    expect(await leftovers()).toEqual(before);
  });
});
