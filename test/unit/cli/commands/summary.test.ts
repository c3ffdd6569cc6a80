import { describe, expect, test } from '@jest/globals';
import { describeEncryption, describeLog, describePlan } from '../../../../src/cli/commands/summary.ts';

describe('what several commands print', () => {
  test('encryption in words', () => {
    expect(describeEncryption({ encryption: 'none', recipients: [] })).toBe('no');
    expect(describeEncryption({ encryption: 'passphrase', recipients: [] })).toBe('with a passphrase');
    expect(describeEncryption({ encryption: 'recipients', recipients: ['a'] })).toBe('to one recipient');
    expect(describeEncryption({ encryption: 'recipients', recipients: ['a', 'b'] })).toBe('to 2 recipients');
  });

  test('a plan is a table, and nothing when there is none', () => {
    expect(describePlan([])).toBeUndefined();
    const plan = [{ action: 'create', kind: 'project', name: 'Web Shop' }] as const;
    expect(describePlan(plan)).toContain('create  project  Web Shop');
  });

  test('a log is indented as it nests, with times where the server has them', () => {
    const log = [
      { at: '10:00', level: 'info', depth: 0, text: 'top' },
      { at: undefined, level: 'error', depth: 2, text: 'wrong' },
    ] as const;
    expect(describeLog(log).split('\n')).toEqual(['10:00  info     top', 'error        wrong']);
  });

  test('a server’s text cannot steer the terminal', () => {
    const log = [{ at: undefined, level: 'info', depth: 0, text: 'a\u001b[2Jb' }] as const;
    expect(describeLog(log)).not.toContain('\u001b');
  });
});
