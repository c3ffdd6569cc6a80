import { describe, expect, test } from '@jest/globals';
import stringWidth from 'string-width';
import { dressed, type Look } from '../../../../src/cli/terminal/dressed.ts';
import { hasUnicode } from '../../../../src/cli/terminal/signs.ts';

const look = (change: Partial<Look> = {}): Look => ({ columns: 80, color: false, unicode: true, ...change });
const red = (text: string): string => `\u001b[31m${text}\u001b[39m`;

describe('text on a terminal', () => {
  test('a failure has a sign, and where there are colours it is red', () => {
    expect(dressed('migrator: error: no', look())).toBe('✖ migrator: error: no');
    expect(dressed('migrator: error: no', look({ unicode: false }))).toBe('x migrator: error: no');
    expect(dressed('migrator: error: no', look({ color: true }))).toBe(`${red('✖ migrator: error:')} no`);
    expect(dressed('warning: odd', look({ color: true }))).toBe('\u001b[33m⚠ warning:\u001b[39m odd');
  });

  test('what did not arrive is red in a table, and nothing else is', () => {
    const text = 'failed    project  Web Shop\nnot-seen  project  the export failed to show';
    expect(dressed(text, look({ color: true }))).toBe(
      `${red('failed')}    project  Web Shop\n${red('not-seen')}  project  the export failed to show`,
    );
    expect(dressed(text, look())).toBe(text);
  });

  test.each([40, 80, 120])('no line is wider than %d columns, but for what must be copied', (columns) => {
    const command = `migrator job wait octopus:prod:ServerTasks-${'1'.repeat(60)}`;
    const told = `migrator: detached from the job, ${'which goes on on the server, '.repeat(6)}wait for it with: ${command}`;
    const shown = dressed(told, look({ columns })).split('\n');
    expect(shown.at(-1)).toBe(`  ${command}`);
    for (const line of shown.slice(0, -1)) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
    expect(shown.map((line) => line.trim()).join(' ')).toBe(told);
  });

  test('a folded line keeps its indentation', () => {
    const text = `  hint: ${'word '.repeat(20)}end`;
    const shown = dressed(text, look({ columns: 40 })).split('\n');
    expect(shown.every((line) => line.startsWith('  '))).toBe(true);
    expect(shown.slice(1).every((line) => line.startsWith('    '))).toBe(true);
  });
});

describe('signs beyond ASCII', () => {
  test.each([
    ['linux', { TERM: 'xterm-256color' }, true],
    ['linux', { TERM: 'linux' }, false],
    ['darwin', {}, true],
    ['win32', {}, false],
    ['win32', { WT_SESSION: 'x' }, true],
    ['win32', { TERM_PROGRAM: 'vscode' }, true],
    ['win32', { ConEmuTask: '{cmd::Cmder}' }, true],
    ['win32', { TERM: 'xterm-256color' }, true],
    ['win32', { TERMINAL_EMULATOR: 'JetBrains-JediTerm' }, true],
  ] as const)('on %s with %j: %p', (platform, env, expected) => {
    expect(hasUnicode({ platform, env })).toBe(expected);
  });
});
