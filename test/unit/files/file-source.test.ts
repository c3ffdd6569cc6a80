import { execFileSync } from 'node:child_process';
import { mkdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { openFileSource } from '../../../src/files/file-source.ts';
import type { ByteStream } from '../../../src/ports/artifact.ts';
import { tempDirs } from '../../support/with-temp-dir.ts';

const tempDir = tempDirs();

async function collect(stream: ByteStream): Promise<Buffer[]> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return chunks;
}

async function openFile() {
  const path = join(await tempDir(), 'f');
  const content = Buffer.alloc(2_500_000, 'abcdefg');
  await writeFile(path, content);
  return { source: await openFileSource(path), content };
}

describe('openFileSource', () => {
  test('reads bytes at any position, and no bytes beyond the end', async () => {
    const { source, content } = await openFile();
    expect(source.size).toBe(content.length);
    expect(Buffer.from(await source.read(1_000_001, 5))).toEqual(content.subarray(1_000_001, 1_000_006));
    expect(await source.read(content.length - 2, 10)).toHaveLength(2);
    expect(await source.read(content.length + 5, 10)).toHaveLength(0);
    await source.close();
  });

  test('streams a part of the file in pieces of 1 MiB', async () => {
    const { source, content } = await openFile();
    const chunks = await collect(source.stream(10, content.length));
    expect(chunks.map(({ length }) => length)).toEqual([1_048_576, 1_048_576, content.length - 10 - 2 * 1_048_576]);
    expect(Buffer.concat(chunks).equals(content.subarray(10))).toBe(true);
    expect(await collect(source.stream(3, 3))).toEqual([]);
    await source.close();
  });

  test('uses the memory of a chunk again after as many chunks as it was allowed to', async () => {
    const { source, content } = await openFile();
    const turns: { memory: ArrayBufferLike; text: string }[] = [];
    for await (const chunk of source.stream(10, content.length, 2)) {
      turns.push({ memory: chunk.buffer, text: Buffer.from(chunk).toString() });
    }
    expect(turns.map(({ text }) => text).join('')).toBe(content.toString('utf8', 10));
    expect(turns[2]!.memory).toBe(turns[0]!.memory);
    expect(turns[1]!.memory).not.toBe(turns[0]!.memory);
    await source.close();
  });

  test('fails with LOCAL_IO when the file shrinks while it is read', async () => {
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

  test('refuses missing files, folders and pipes with USAGE, and does not wait for the pipe', async () => {
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
