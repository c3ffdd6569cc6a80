import { describe, expect, test } from '@jest/globals';
import { describeEncryption, describeJob, describeLog } from '../../../../src/cli/commands/summary.ts';
import type { JobStatus } from '../../../../src/ports/job.ts';

describe('texts that several commands print', () => {
  test('the encryption of a package is described in words', () => {
    expect(describeEncryption({ encryption: 'none' }, [])).toBe('no');
    expect(describeEncryption({ encryption: 'passphrase' }, [])).toBe('with a passphrase');
    const reader = { recipient: 'age1a', you: true, groups: [] };
    expect(describeEncryption({ encryption: 'recipients' }, [reader])).toContain('only you can open this');
  });

  test('nested lines of a log are indented, and have a time if the server gives one', () => {
    const log = [
      { at: '10:00', level: 'info', depth: 0, text: 'top' },
      { at: undefined, level: 'error', depth: 2, text: 'wrong' },
    ] as const;
    expect(describeLog(log).split('\n')).toEqual(['10:00  info     top', 'error        wrong']);
  });

  test('text from a server cannot send control sequences to the terminal', () => {
    const log = [{ at: undefined, level: 'info', depth: 0, text: 'a\u001b[2Jb' }] as const;
    expect(describeLog(log)).not.toContain('\u001b');
  });

  describe('a job tells its time', () => {
    const now = Date.parse('2026-01-02T03:05:18Z');
    const job = {
      id: '1',
      kind: 'export',
      wireState: 'x',
      messages: [],
      startedAt: '2026-01-02T03:04:00.000+00:00',
    } as const;
    const times = (more: Partial<JobStatus>): readonly string[] =>
      describeJob('o:lab:1', { ...job, state: 'running', ...more }, 80, now)
        .split('\n')
        .filter((line) => /^(elapsed|took|left):/u.test(line));

    test.each<[string, Partial<JobStatus>, readonly string[]]>([
      ['at work, with its progress', { fraction: 0.4 }, ['elapsed:  1 min 18 s', 'left:     about 1 min 57 s']],
      ['at work, without progress', {}, ['elapsed:  1 min 18 s']],
      ['that has ended', { state: 'succeeded', fraction: 1, finishedAt: '2026-01-02T03:04:42Z' }, ['took:     42 s']],
      ['that has ended at a time that nobody tells', { state: 'failed' }, []],
      ['on a server whose clock is ahead', { startedAt: '2026-01-02T04:00:00Z', fraction: 0.5 }, []],
      ['without a start', { startedAt: undefined, fraction: 0.5 }, []],
    ])('%s', (_, more, expected) => {
      expect(times(more)).toEqual(expected);
    });
  });
});
