import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { printIdentity } from '../../../src/package/index.ts';
import { identity, sealed, signer } from '../../support/packages.ts';
import { tempDirs } from '../../support/with-temp-dir.ts';
import { testWith } from '../../support/programs.ts';

const tempDir = tempDirs();
const file = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const guard = ['--import', new URL('../../support/no-network.mjs', import.meta.url).href];
let folder = '';

function start(program: string, args: readonly string[]) {
  const env = {
    PATH: process.env['PATH'],
    HOME: folder,
    MIGRATOR_CONFIG_DIR: join(folder, 'config'),
    MIGRATOR_STATE_DIR: join(folder, 'state'),
  };
  const { status, stderr } = spawnSync(program, args, { cwd: folder, env, encoding: 'utf8' });
  return { status, stderr };
}

beforeEach(async () => {
  folder = await tempDir();
  await writeFile(join(folder, 'good.tar'), await sealed());
  await writeFile(join(folder, 'unsigned.tar'), await sealed({ signer: undefined }));
  await writeFile(join(folder, 'identity.txt'), printIdentity(identity, new Date(0)), { mode: 0o600 });
  // The instance is named so that an unneeded probe would have somewhere to go.
  await writeFile(
    join(folder, '.migratorrc.yaml'),
    'instances:\n  prod: { product: octopus, url: "http://octopus.invalid", apiKey: "env:NONE" }\n',
  );
});

const flags = ['--trust', signer.publicKey.toString(), '--identity', 'identity.txt'];
const commands: [string, string[], number][] = [
  ['verify', ['verify', 'good.tar', ...flags], 0],
  ['verify, with its content', ['verify', 'good.tar', '--content', ...flags], 0],
  ['verify, refused', ['verify', 'unsigned.tar', ...flags], 6],
  ['inspect', ['inspect', 'good.tar'], 0],
  ['open', ['open', 'good.tar', '-o', 'out', ...flags], 0],
];

describe('no socket is opened by', () => {
  test.each(commands)('package %s', (_, args, status) => {
    const found = start(process.execPath, [...guard, file('bin/migrator.mjs'), 'package', ...args]);
    expect(found).toMatchObject({ status });
    expect(found.stderr).not.toContain('network:');
  });

  test('and the guard would have noticed', () => {
    for (const code of [
      'require("net").connect(9, "127.0.0.1")',
      'require("dns").lookup("localhost", () => 0)',
      'require("https").get("https://octopus.invalid")',
      'fetch("http://127.0.0.1:9")',
    ]) {
      expect(start(process.execPath, [...guard, '-e', code]).status).toBe(99);
    }
  });

  const isolator = 'unshare';
  const isolates = {
    what: 'the right to unshare the network',
    met: spawnSync(isolator, ['-rn', 'true'], { stdio: 'ignore' }).status === 0,
  };
  testWith([isolates], 'package verify and open, on a machine without any interface (unshare)', () => {
    for (const args of [commands[1]![1], commands[4]![1]]) {
      const found = start(isolator, ['-rn', process.execPath, file('bin/migrator.mjs'), 'package', ...args]);
      expect(found).toMatchObject({ status: 0 });
    }
  });
});
