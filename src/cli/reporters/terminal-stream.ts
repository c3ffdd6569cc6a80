import { Writable } from 'node:stream';
import type { IO } from '../terminal/io.ts';

/** A stream that turns cursor movements into control sequences (ECMA-48) on a text output. */
export interface TerminalStream extends Writable {
  readonly isTTY: true;
  readonly columns: number;
  cursorTo(column: number): boolean;
  moveCursor(columns: number, rows: number): boolean;
  /** -1 to the left, 1 to the right, 0 the whole line. */
  clearLine(direction: -1 | 0 | 1): boolean;
}

const move = (amount: number, forward: string, back: string): string =>
  amount === 0 ? '' : `\u001b[${String(Math.abs(amount))}${amount > 0 ? forward : back}`;

/** stderr as the kind of stream that the spinner library needs. */
export function terminalStream(io: IO): TerminalStream {
  const { stderr } = io;
  const stream = new Writable({
    decodeStrings: false,
    write: (chunk: string | Uint8Array, _encoding, done) => {
      stderr.write(chunk);
      done();
    },
  });
  const control = (sequence: string): boolean => sequence === '' || stream.write(sequence);
  const lineParts: Readonly<Record<string, string>> = { '-1': '1', '0': '2', '1': '0' };
  return Object.defineProperties(
    Object.assign(stream, {
      isTTY: true as const,
      cursorTo: (column: number) => control(`\u001b[${String(column + 1)}G`),
      moveCursor: (columns: number, rows: number) => control(move(columns, 'C', 'D') + move(rows, 'B', 'A')),
      clearLine: (direction: -1 | 0 | 1) => control(`\u001b[${lineParts[String(direction)] ?? '2'}K`),
    }),
    { columns: { get: () => io.columns } },
  ) as unknown as TerminalStream;
}
