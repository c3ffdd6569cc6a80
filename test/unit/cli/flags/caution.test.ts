import { PassThrough } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { consenting } from '../../../../src/cli/flags/caution.ts';
import type { Question } from '../../../../src/core/steps/consent.ts';
import { never } from '../../../support/adapter-tools.ts';
import { testIO } from '../../../support/test-io.ts';

const question = (needs: Question['needs']): Question => ({ text: 'overwrite 2 device on prod?', needs });

function asking(at: 'terminal' | 'script', options: { readonly yes?: boolean } = {}, typed = '') {
  const stdin = new PassThrough();
  stdin.end(typed);
  const isTerminal = at === 'terminal';
  const io = testIO({ stdin, stdinIsTTY: isTerminal, stderrIsTTY: isTerminal });
  let pauses = 0;
  const pauseReporter = () => {
    pauses += 1;
    return () => {
      pauses -= 1;
    };
  };
  const port = consenting(options, { io, signal: never, pauseReporter }, '--overwrite-existing');
  return { io, port, pauses: () => pauses };
}

describe('on a terminal', () => {
  test.each([
    ['answer', 'y\n', true],
    ['allowance', 'n\n', false],
    ['terminal', 'y\n', true],
    ['terminal', '\n', false],
  ] as const)('a question that needs %s is asked, and %j means %s', async (needs, typed, expected) => {
    const { io, port, pauses } = asking('terminal', {}, typed);
    port.requireAnswerable(question(needs));
    expect(await port.consent(question(needs))).toBe(expected);
    expect(io.err).toContain('overwrite 2 device on prod? [y/N] ');
    expect(pauses()).toBe(0);
  });

  test('--yes answers without asking', async () => {
    const { io, port } = asking('terminal', { yes: true });
    expect(await port.consent(question('answer'))).toBe(true);
    expect(io.err).toBe('');
  });
});

describe('without a terminal', () => {
  test.each([
    ['answer', 'add --yes to answer yes'],
    ['allowance', 'allow overwriting with --overwrite-existing, or add --yes to answer yes'],
  ] as const)('a question that needs %s is USAGE, and the hint names the flag', async (needs, hint) => {
    const { port } = asking('script');
    expect(() => port.requireAnswerable(question(needs))).toThrow(expect.objectContaining({ code: 'USAGE', hint }));
    await expect(port.consent(question(needs))).rejects.toMatchObject({ code: 'USAGE', hint });
  });

  test('--yes answers, and what is allowed by a flag is not asked', async () => {
    expect(await asking('script', { yes: true }).port.consent(question('answer'))).toBe(true);
    const { io, port } = asking('script');
    expect(await port.consent(question('terminal'))).toBe(true);
    expect(io.err).toBe('');
  });
});
