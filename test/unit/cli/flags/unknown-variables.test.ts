import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { commandLine } from '../../../support/command-line.ts';
import { tempDirs } from '../../../support/with-temp-dir.ts';

const tempDir = tempDirs();

/** The warnings of `config show` with these variables. */
async function warnings(env: Readonly<Record<string, string>>, rc = 'keys: {}', ...args: string[]) {
  const folder = await tempDir();
  await writeFile(join(folder, '.migratorrc.yaml'), rc);
  const line = args.length === 0 ? ['config', 'show'] : args;
  const { code, stderr } = await commandLine(line, { cwd: folder, env: { HOME: folder, ...env } });
  return { code, warnings: stderr.split('\n').filter((one) => one.includes('environment variable')) };
}

const of = (name: string, tail: string) => [
  `migrator: warning: migrator reads no environment variable ${name}; ${tail}`,
];

describe('a variable that migrator does not read', () => {
  test.each([
    ['MIGRATOR_TIMEOT', 'did you mean MIGRATOR_TIMEOUT?'],
    ['MIGRATOR_DRYRUN', 'did you mean MIGRATOR_DRY_RUN?'],
    ['MIGRATOR_STATEDIR', 'did you mean MIGRATOR_STATE_DIR?'],
    ['MIGRATOR_QIET', 'did you mean MIGRATOR_QUIET?'],
    ['MIGRATOR_XYZZY_PLUGH', 'migrator help global-flags says which there are'],
  ])('%s is warned about', async (name, tail) => {
    expect(await warnings({ [name]: '1' })).toEqual({ code: 0, warnings: of(name, tail) });
  });

  test.each([
    'version',
    'help exit-codes',
    'config schema',
    'init --yes --config other.yaml',
    'emulate octopus --fault list',
    'adapter new acme',
    'package inspect absent.tar',
    'config trust --forget',
  ])('is warned about by %s, which needs no rc file, also where the rc file is wrong', async (line) => {
    const told = of('MIGRATOR_TIMEOT', 'did you mean MIGRATOR_TIMEOUT?');
    for (const rc of ['keys: {}', 'kees: ['])
      expect((await warnings({ MIGRATOR_TIMEOT: '1' }, rc, ...line.split(' '))).warnings).toEqual(told);
  });

  test.each(['completion --names instance', 'completion bash'])(
    'is not warned about by %s, which a shell runs',
    async (line) => {
      const ended = await warnings({ MIGRATOR_TIMEOT: '1' }, 'keys: {}', ...line.split(' '));
      expect(ended).toEqual({ code: 0, warnings: [] });
    },
  );

  test('is not warned about with --quiet', async () => {
    expect((await warnings({ MIGRATOR_TIMEOT: '1' }, 'keys: {}', 'config', 'show', '--quiet')).warnings).toEqual([]);
  });
});

describe('a variable is known', () => {
  test.each([
    ['of a flag of another command', { MIGRATOR_PACKAGE_ID: 'x' }, undefined],
    ['of a flag of a product', { MIGRATOR_OVERWRITE_EXISTING: '1' }, undefined],
    [
      'in both spellings of a negation',
      { MIGRATOR_NO_WAIT: '1', MIGRATOR_WAIT: '0', MIGRATOR_NO_COLOR: '1' },
      undefined,
    ],
    ['of a folder or a digest', { MIGRATOR_TRUST_CONFIG: 'x' }, undefined],
    ['of the tests', { MIGRATOR_TEST_SEED: '1' }, undefined],
    ['that the rc file names', { MIGRATOR_KEY_PASSPHRASE: 'x' }, 'keys: { passphrase: env:MIGRATOR_KEY_PASSPHRASE }'],
    [
      'that a command of the rc file names',
      { MIGRATOR_VAULT: 'x' },
      'keys: { passphrase: "command:pass $MIGRATOR_VAULT" }',
    ],
  ])('%s', async (_, env, rc) => {
    expect((await warnings(env, rc)).warnings).toEqual([]);
  });
});
