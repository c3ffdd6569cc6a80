import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { PassThrough, Readable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { openStdinSource } from '../../../../src/cli/packages/standard-input.ts';
import { testIO } from '../../../support/test-io.ts';

describe('openStdinSource', () => {
  const leftovers = async (): Promise<string[]> =>
    (await readdir(tmpdir())).filter((name) => name.startsWith('migrator-stdin-'));

  test('keeps all bytes in order, and leaves nothing in the temporary folder', async () => {
    const before = await leftovers();
    const content = Buffer.alloc(1_500_000, 'xyz');
    const stdin = Readable.from([content.subarray(0, 700_001), content.subarray(700_001)]);
    const source = await openStdinSource(testIO({ stdin }));
    expect(source.size).toBe(content.length);
    const chunks: Buffer[] = [];
    for await (const chunk of source.stream(0, source.size)) chunks.push(Buffer.from(chunk));
    expect(Buffer.concat(chunks).equals(content)).toBe(true);
    await source.close();
    expect(await leftovers()).toEqual(before);
  });

  test('refuses a terminal and an empty input with USAGE', async () => {
    await expect(() => openStdinSource(testIO({ stdinIsTTY: true }))).toThrowCode('USAGE');
    await expect(() => openStdinSource(testIO())).toThrowCode('USAGE');
  });

  test('fails with CANCELLED when it is interrupted while it waits', async () => {
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
