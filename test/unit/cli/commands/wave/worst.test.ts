import { expect, it } from '@jest/globals';
import { outcomeOf, worstExitCode } from '../../../../../src/cli/commands/wave/worst.ts';
import { errorCodes } from '../../../../../src/errors.ts';
import { exitCodeOf } from '../../../../../src/cli/exit-codes.ts';

const failed = (code: string, more: object = {}) => ({
  state: 'failed' as const,
  fault: { code, message: 'x', ...more },
});
const of = (state: 'done' | 'partial' | 'skipped' | 'postponed' | 'started' | 'interrupted' | 'waiting') => ({ state });

it('a failed item has the exit code that its move alone would have had', () => {
  for (const code of errorCodes.filter((one) => one !== 'CANCELLED'))
    expect(worstExitCode([of('done'), failed(code)])).toBe(exitCodeOf(code));
  expect(worstExitCode([failed('BUG')])).toBe(1);
  expect(worstExitCode([failed('REMOTE_UNEXPECTED', { status: 400 })])).toBe(4);
  expect(worstExitCode([failed('UNSUPPORTED', { hopeless: true })])).toBe(4);
});

it('the exit code of a wave is that of its worst item', () => {
  expect(worstExitCode([])).toBe(0);
  expect(worstExitCode([of('done')])).toBe(0);
  expect(worstExitCode([of('done'), of('postponed'), of('waiting')])).toBe(9);
  expect(worstExitCode([of('started'), of('skipped')])).toBe(3);
  expect(worstExitCode([of('partial'), failed('USAGE')])).toBe(2);
  const order = [
    'USAGE',
    'CONFLICT',
    'REMOTE_UNREACHABLE',
    'AUTH_REFUSED',
    'PACKAGE_LOCKED',
    'JOB_FAILED',
    'LOCAL_IO',
    'BUG',
  ];
  order.forEach((code, index) => {
    const better = order.slice(0, index).map((one) => failed(one));
    expect(worstExitCode([...better, failed(code)])).toBe(worstExitCode([failed(code)]));
  });
});

it('the outcome of a wave is told in one word', () => {
  expect(outcomeOf([of('done')])).toBe('done');
  expect(outcomeOf([of('done'), of('postponed')])).toBe('postponed');
  expect(outcomeOf([of('postponed'), of('skipped')])).toBe('partial');
  expect(outcomeOf([of('partial'), failed('USAGE')])).toBe('failed');
});
