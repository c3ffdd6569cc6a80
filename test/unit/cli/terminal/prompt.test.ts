import { PassThrough } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { ask, confirm, promptSecret } from '../../../../src/cli/terminal/prompt.ts';
import { testIO, type TestIO } from '../../../support/test-io.ts';

/** The parts of a terminal's stdin that prompts use: bytes and raw mode. */
class TerminalInput extends PassThrough {
  readonly modes: boolean[] = [];
  setRawMode(on: boolean): this {
    this.modes.push(on);
    return this;
  }
}

function terminal(): { io: TestIO; stdin: TerminalInput } {
  const stdin = new TerminalInput();
  return { io: testIO({ stdin, stdinIsTTY: true, stderrIsTTY: true }), stdin };
}

test('a question is folded between words, and the answer is typed behind it', async () => {
  const { io, stdin } = terminal();
  const asked = confirm(
    { ...io, columns: 40, stderr: io.stderr },
    `undo the job by deleting ${'each project '.repeat(5)}?`,
  );
  stdin.write('n\n');
  await asked;
  expect(Math.max(...io.err.split('\n').map((line) => line.length))).toBeLessThanOrEqual(40);
  expect(io.err).toMatch(/ project \? \[y\/N\] $/u);
});

describe('promptSecret', () => {
  test.each([
    ['hunter2\r', 'hunter2'],
    ['hunter2\n', 'hunter2'],
    ['hunx\u007fter2\r', 'hunter2'],
    ['wrong\u0015right\r', 'right'],
    ['pä😀\b!\r', 'pä!'],
    ['\u001b[200~pasted\u001b[201~\r', 'pasted'],
    ['ended\u0004', 'ended'],
    ['\r', ''],
  ])('%j gives %j and shows nothing', async (typed, expected) => {
    const { io, stdin } = terminal();
    const asked = promptSecret(io, 'passphrase');
    for (const byte of Buffer.from(typed)) stdin.write(Buffer.of(byte));
    expect((await asked).reveal()).toBe(expected);
    expect(io.err).toBe('passphrase: \n');
    expect(io.out).toBe('');
    expect(stdin.modes).toEqual([true, false]);
  });

  test.each([
    ['Ctrl-C', (stdin: TerminalInput) => stdin.write('hun\u0003')],
    ['Ctrl-D at once', (stdin: TerminalInput) => stdin.write('\u0004')],
    ['the end of input', (stdin: TerminalInput) => stdin.end()],
  ])('%s is CANCELLED and restores the terminal', async (_, act) => {
    const { io, stdin } = terminal();
    const asked = promptSecret(io, 'passphrase');
    act(stdin);
    await expect(() => asked).toThrowCode('CANCELLED');
    expect(stdin.modes).toEqual([true, false]);
    expect(stdin.listenerCount('data')).toBe(0);
  });

  test('an abort ends the question', async () => {
    const { io, stdin } = terminal();
    const controller = new AbortController();
    const asked = promptSecret(io, 'passphrase', { signal: controller.signal });
    controller.abort();
    await expect(() => asked).toThrowCode('CANCELLED');
    expect(stdin.modes).toEqual([true, false]);
    await expect(() => promptSecret(io, 'again', { signal: controller.signal })).toThrowCode('CANCELLED');
  });

  test('two questions can be answered with one paste', async () => {
    const { io, stdin } = terminal();
    stdin.write('first\rsecond\r');
    expect((await promptSecret(io, 'a')).reveal()).toBe('first');
    expect((await promptSecret(io, 'b')).reveal()).toBe('second');
  });

  test('is USAGE without a terminal', async () => {
    await expect(() => promptSecret(testIO(), 'passphrase')).toThrowCode('USAGE');
  });
});

describe('confirm', () => {
  test.each([
    ['y\n', true],
    ['YES\r\n', true],
    ['\n', false],
    ['n\n', false],
    ['yesterday\n', false],
  ])('%j is %s', async (typed, expected) => {
    const { io, stdin } = terminal();
    stdin.write(typed);
    expect(await confirm(io, 'overwrite 3 projects?')).toBe(expected);
    expect(io.err).toBe('overwrite 3 projects? [y/N] ');
    expect(stdin.modes).toEqual([]);
  });

  test('text from a server cannot send control sequences to the terminal', async () => {
    const { io, stdin } = terminal();
    stdin.write('n\n');
    await confirm(io, 'delete \u001b[2K\rnothing?');
    expect(io.err).not.toContain('\u001b');
  });
});

test('ask returns the proposed answer for an empty line', async () => {
  const { io, stdin } = terminal();
  stdin.write('\nlab\n');
  expect(await ask(io, 'instance', 'prod')).toBe('prod');
  expect(await ask(io, 'instance', 'prod')).toBe('lab');
  expect(io.err).toBe('instance [prod]: instance [prod]: ');
});
