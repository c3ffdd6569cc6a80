import { expect, test } from '@jest/globals';
import { foldedLine } from '../../../../src/cli/terminal/folded.ts';

test('a colour has no width, so a coloured line is folded where the same line without colour is', () => {
  const plain = '! warning: packages of the built-in feed stay behind: Web.Shop, Mobile.API';
  const coloured = plain.replace('! warning:', '\u001b[33m! warning:\u001b[39m');
  const bare = (line: string) => line.replaceAll(/\u001b\[\d+m/gu, '');
  expect(foldedLine(coloured, 60).map(bare)).toEqual(foldedLine(plain, 60));
  expect(foldedLine(coloured, plain.length)).toEqual([coloured]);
});

test('a command at the end of a folded line has a line of its own', () => {
  expect(
    foldedLine('wait for the job as long as it takes, with: migrator job wait octopus:lab:ServerTasks-1', 40),
  ).toEqual(['wait for the job as long as it takes,', '  with:', '  migrator job wait octopus:lab:ServerTasks-1']);
});
