import { expect, test } from '@jest/globals';
import { commandLine } from '../../../../support/command-line.ts';
import { withTempDir } from '../../../../support/with-temp-dir.ts';

test.each([
  ['octopus', ['--server-version', '2017.1.0'], 'cannot be version "2017.1.0"'],
  ['enms', ['--flavor', 'linux'], 'an embedded instance of "enms" has no flavor'],
])('emulate %s %j is refused', async (product, flags, sentence) => {
  await withTempDir(async (cwd) => {
    const { code, stdout, stderr } = await commandLine(['emulate', product, '--data', './lab', ...flags], { cwd });
    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: expect.stringContaining(sentence) });
  });
});
