import { chmod, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { isNewer } from '../../../../../src/cli/commands/version/npm.ts';
import { packageName, version } from '../../../../../src/cli/version.ts';
import { commandLine } from '../../../../support/command-line.ts';
import { describeWith, posix } from '../../../../support/programs.ts';
import { tempDirs } from '../../../../support/with-temp-dir.ts';

const tempDir = tempDirs();

test.each([
  ['1.2.3', '1.2.2', true],
  ['1.10.0', '1.9.9', true],
  ['2.0.0', '1.9.9', true],
  ['1.2.3', '1.2.3', false],
  ['1.2.3', '1.2.4', false],
  ['1.2.3', '1.2.3-rc.1', true],
  ['1.2.3-rc.1', '1.2.3', false],
  ['1.2.3-rc.10', '1.2.3-rc.9', true],
  ['1.2.3-rc.1', '1.2.3-beta.9', true],
  ['1.2.3-rc.1.1', '1.2.3-rc.1', true],
  ['1.2.3-rc', '1.2.3-1', true],
  ['1.2.3+build.9', '1.2.3', false],
])('%s is newer than %s: %s', (one, other, newer) => expect(isNewer(one, other)).toBe(newer));

test('migrator version says with what it runs, and asks nobody', async () => {
  const folder = await tempDir();
  // A PATH without npm.
  const { code, stdout, stderr } = await commandLine(['version'], { cwd: folder, env: { PATH: folder } });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toBe(`migrator ${version()}\nNode.js ${process.versions.node}\n${process.platform} ${process.arch}\n`);
});

describeWith([posix, 'npm'], 'migrator version --check', () => {
  /** Runs the command with the real npm, against a registry that answers with this status and body. */
  async function against(status: number, body: unknown, ...args: string[]) {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    try {
      const { port } = server.address() as AddressInfo;
      return { ...(await check(`http://127.0.0.1:${String(port)}`, ...args)), asked };
    } finally {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    }
  }

  async function check(registry: string, ...args: string[]) {
    const folder = await tempDir();
    const rc = `registry=${registry}\nfetch-retries=0\ncache=${join(folder, 'cache')}\nupdate-notifier=false\n`;
    await writeFile(join(folder, '.npmrc'), rc);
    const env = { PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`, HOME: folder };
    return commandLine(['version', '--check', ...args], { cwd: folder, env });
  }

  const published = (newest: string) => ({
    name: packageName(),
    'dist-tags': { latest: newest },
    versions: { [newest]: { name: packageName(), version: newest, dist: {} } },
  });

  test('asks the registry of the user and tells the newest version', async () => {
    const { code, stdout, stderr, asked } = await against(200, published('99.0.1'), '--json');
    expect({ code, stderr, asked }).toEqual({ code: 0, stderr: '', asked: [`/${packageName()}`] });
    expect(JSON.parse(stdout)).toMatchObject({ version: version(), newest: '99.0.1', isNewest: false });
    expect((await against(200, published('99.0.1'))).stdout).toContain('npm has a newer version: 99.0.1');
  });

  test('says when there is no newer version', async () => {
    const { code, stdout } = await against(200, published(version()));
    expect(code).toBe(0);
    expect(stdout).toContain('npm has no newer version');
  });

  test('a registry without the package is NOT_FOUND', async () => {
    expect(await against(404, {})).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(`the registry of npm has no package ${packageName()}\nmigrator: hint: npm used`),
    });
  });

  test('a registry that refuses is AUTH_REFUSED', async () => {
    expect(await against(403, {})).toMatchObject({ code: 4, stderr: expect.stringContaining('(E403)') });
  });

  test('a registry that fails or is not there is REMOTE_UNREACHABLE', async () => {
    expect(await against(503, {})).toMatchObject({ code: 5, stderr: expect.stringContaining('(E503)') });
    expect(await check('http://127.0.0.1:9')).toMatchObject({
      code: 5,
      stderr: expect.stringMatching(/npm cannot reach its registry \((ECONNREFUSED|EUNSAFEPORT|ECONNRESET)\)/u),
    });
  });
});

describeWith([posix], 'migrator version --check with an npm that is', () => {
  const npmOf = async (script: string | undefined) => {
    const folder = await tempDir();
    if (script !== undefined) {
      await writeFile(join(folder, 'npm'), `#!/bin/sh\n${script}\n`);
      await chmod(join(folder, 'npm'), 0o755);
    }
    return commandLine(['version', '--check'], { cwd: folder, env: { PATH: folder } });
  };

  test.each([
    ['absent', undefined, 2, 'npm is not installed'],
    ['broken', 'exit 7', 5, 'npm gave no version'],
    ['talking nonsense', 'echo hello', 5, 'npm gave no version'],
    ['failing with a code of its own', 'echo "npm error code EBADTHING" >&2; exit 1', 5, 'npm ended with EBADTHING'],
  ])('%s', async (_, script, code, message) => {
    const ended = await npmOf(script);
    expect(ended).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(message) });
    expect(ended.stderr).toContain('hint: ');
  });
});
