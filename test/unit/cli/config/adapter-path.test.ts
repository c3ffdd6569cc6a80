import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { commandLine } from '../../../support/command-line.ts';
import { tempDirs } from '../../../support/with-temp-dir.ts';

const folder = tempDirs();

test.each([['trust'], ['check']])('config %s names the file in a folder that is named as an adapter', async (verb) => {
  const cwd = await folder();
  await mkdir(join(cwd, 'acme'));
  for (const file of ['acme.mjs', 'acme.test.mjs', 'a.mjs']) await writeFile(join(cwd, 'acme', file), '');
  await writeFile(join(cwd, 'migrator.yaml'), 'adapters: [ ./acme ]\n');
  // A file of the user's own configuration folder may run code.
  const env = { HOME: cwd, MIGRATOR_CONFIG_DIR: cwd };
  const { code, stderr } = await commandLine(['config', verb, '--config', 'migrator.yaml'], { cwd, env });
  expect(code).not.toBe(0);
  expect(stderr).toContain('the adapter "./acme" is a folder');
  expect(stderr).toContain('./acme/acme.mjs');
});
