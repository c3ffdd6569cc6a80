import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { PassThrough, Writable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { createOutput, systemIO } from '../../../../src/cli/terminal/io.ts';
import { testIO } from '../../../support/test-io.ts';

describe('createOutput', () => {
  test('flush waits until everything is written', async () => {
    const seen: string[] = [];
    const slow = new Writable({
      write(chunk: Buffer, _encoding, done) {
        setTimeout(() => {
          seen.push(chunk.toString());
          done();
        }, 5);
      },
    });
    const output = createOutput(slow, 'standard output');
    for (const text of ['a', 'b', 'c']) output.write(text);
    await output.flush?.();
    expect(seen.join('')).toBe('abc');
  });

  test('a reader that closed its end is not a failure', async () => {
    // `head` ends after its first line, so the pipe breaks while the writer is still writing.
    const reader = spawn('head', ['-n', '1'], { stdio: ['pipe', 'pipe', 'ignore'] });
    const output = createOutput(reader.stdin, 'standard output');
    const ended = new Promise((resolve) => reader.once('close', resolve));
    for (let line = 0; line < 20_000; line += 1) output.write(`line ${String(line)}\n`);
    await ended;
    output.write('more\n');
    await expect(output.flush?.()).resolves.toBeUndefined();
  });

  test('flush reports a full disk', async () => {
    const full = await access('/dev/full').then(
      () => true,
      () => false,
    );
    const stream = full
      ? createWriteStream('/dev/full')
      : new Writable({
          write: (_chunk, _encoding, done) => done(Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' })),
        });
    const output = createOutput(stream, 'standard output');
    output.write('x');
    await expect(() => output.flush?.()).toThrowCode('LOCAL_IO');
  });
});

test('systemIO describes this process', () => {
  const io = systemIO();
  expect(io.pid).toBe(process.pid);
  expect(io.columns).toBeGreaterThan(0);
  expect(io.home).not.toBe('');
  expect(typeof io.stdinIsTTY).toBe('boolean');
  expect(systemIO()).toBe(io);
});

test('testIO collects both streams and accepts overrides', () => {
  const io = testIO({ columns: 40, stdin: new PassThrough() });
  io.stdout.write('é');
  io.stderr.write(Buffer.from('b'));
  expect([io.out, io.err, io.columns]).toEqual(['é', 'b', 40]);
});
