import { PassThrough } from 'node:stream';
import type { IO, Output } from '../../src/cli/terminal/io.ts';

export type TestIO = IO & {
  /** What was written to stdout so far, as text. */
  readonly out: string;
  readonly err: string;
};

function collector(): Output & { readonly text: string } {
  const chunks: Buffer[] = [];
  return {
    write: (chunk) => {
      chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : Buffer.from(chunk));
    },
    flush: () => Promise.resolve(),
    get text() {
      return Buffer.concat(chunks).toString('utf8');
    },
  };
}

/** An IO with buffers in place of the real streams: no terminal, an empty environment, and a stdin that has ended. */
export function testIO(overrides: Partial<IO> = {}): TestIO {
  const out = collector();
  const err = collector();
  const stdin = new PassThrough();
  if (overrides.stdin === undefined) stdin.end();
  const io: IO = {
    stdin,
    stdout: out,
    stderr: err,
    env: {},
    cwd: process.cwd(),
    platform: process.platform,
    stdinIsTTY: false,
    stdoutIsTTY: false,
    stderrIsTTY: false,
    columns: 80,
    pid: process.pid,
    host: 'test-host',
    home: process.cwd(),
    uid: process.getuid?.(),
    ...overrides,
  };
  return Object.defineProperties(io, {
    out: { get: () => out.text },
    err: { get: () => err.text },
  }) as TestIO;
}
