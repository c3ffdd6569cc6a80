import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { consoleSteps } from '../../support/console-steps.ts';
import { testWith } from '../../support/programs.ts';

testWith(
  ['sh', 'tar', 'sha256sum', 'minisign', 'age', 'gunzip'],
  'docs/package-format.md opens a package as it says',
  async () => {
    const root = new URL('../../../', import.meta.url);
    const steps = consoleSteps(await readFile(new URL('docs/package-format.md', root), 'utf8'));
    expect(steps.length).toBeGreaterThan(8);
    const cwd = await mkdtemp(join(tmpdir(), 'migrator-example-'));
    try {
      await cp(new URL('test/fixtures/package/v1-gzip.tar', root), join(cwd, 'acme-web.1.2.3.tar'));
      await cp(new URL('test/fixtures/package/v2-gzip.tar', root), join(cwd, 'acme-web-2.tar'));
      for (const name of ['signer.pub', 'identity.txt']) {
        await cp(new URL(`test/fixtures/package/${name}`, root), join(cwd, name));
      }
      for (const { command, output } of steps) {
        const { status, stdout, stderr } = spawnSync('sh', ['-c', command], { cwd, encoding: 'utf8' });
        expect({ command, status, output: (stdout + stderr).trimEnd() }).toEqual({ command, status: 0, output });
      }
    } finally {
      await rm(cwd, { recursive: true, force: true });
    }
  },
);
