import { spawnSync } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from '@jest/globals';
import { consoleSteps } from '../support/console-steps.ts';
import { testWith } from '../support/programs.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The line of the text that begins with the expected one: a document need not repeat all that is printed. */
const shows = (printed: string, expected: string): boolean =>
  expected.split('\n').every((line) => printed.split('\n').some((one) => one.startsWith(line)));

testWith(
  ['sh', 'tar', 'sha256sum', 'minisign', 'age', 'gunzip'],
  'docs/air-gap.md receives a package as it says, with migrator and without',
  async () => {
    const steps = consoleSteps(await readFile(join(root, 'docs/air-gap.md'), 'utf8'));
    expect(steps.filter(({ command }) => command.startsWith('migrator'))).toHaveLength(4);
    expect(steps.length).toBeGreaterThan(11);
    const cwd = await mkdtemp(join(tmpdir(), 'migrator-air-gap-'));
    try {
      await cp(join(root, 'test/fixtures/package/v1-gzip.tar'), join(cwd, 'shop.tar'));
      for (const name of ['signer.pub', 'identity.txt'])
        await cp(join(root, 'test/fixtures/package', name), join(cwd, name));
      await chmod(join(cwd, 'identity.txt'), 0o600);
      await mkdir(join(cwd, 'bin'));
      const shim = `#!/bin/sh\nexec "${process.execPath}" "${join(root, 'bin/migrator.mjs')}" "$@"\n`;
      await writeFile(join(cwd, 'bin/migrator'), shim, { mode: 0o755 });
      const env = { PATH: `${join(cwd, 'bin')}:${process.env['PATH'] ?? ''}`, HOME: cwd, TERM: 'dumb' };
      for (const { command, output } of steps) {
        const { status, stdout, stderr } = spawnSync('sh', ['-c', command], { cwd, encoding: 'utf8', env });
        const printed = `${stdout}${stderr}`;
        expect({ command, status, printed, shown: shows(printed, output) }).toMatchObject({ status: 0, shown: true });
      }
    } finally {
      await rm(cwd, { recursive: true, force: true });
    }
  },
);
