import { describe, expect, test } from '@jest/globals';
import { describeEncryption, describeLog } from '../../../../src/cli/commands/summary.ts';

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
});
