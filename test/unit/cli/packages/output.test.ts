import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { commandLine } from '../../../support/command-line.ts';
import { tempDirs } from '../../../support/with-temp-dir.ts';

const folder = tempDirs();

test('an export onto a file that exists is refused before keys are made', async () => {
  const cwd = await folder();
  await writeFile(
    join(cwd, 'migrator.yaml'),
    'instances:\n  lab: { product: snaplogic, url: "embedded:./lab", sample: source }\n',
  );
  await writeFile(join(cwd, 'a.tar'), 'mine');
  const keys = join(cwd, 'keys');
  const { code, stderr } = await commandLine(
    ['partial-export', '--config', 'migrator.yaml', '--from', 'lab', '-o', 'a.tar', '--project', 'x'],
    { cwd, env: { HOME: cwd, MIGRATOR_CONFIG_DIR: keys } },
  );
  expect(code).toBe(7);
  expect(stderr).toContain('already exists');
  expect(stderr).not.toContain('created your');
  await expect(readdir(keys)).rejects.toThrow('ENOENT');
});
