import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { commandLine } from '../../../support/command-line.ts';
import { tempDirs } from '../../../support/with-temp-dir.ts';

const tempDir = tempDirs();
const run = async (...args: string[]) => {
  const folder = await tempDir();
  return commandLine(args, { cwd: folder, env: { HOME: folder } });
};

describe('flags that contradict each other are refused before anything runs', () => {
  test.each([
    ['partial-export --from lab --from prod', '--from is given twice: "lab" and "prod"'],
    ['partial-export --from=lab --from lab', '--from is given twice: "lab" and "lab"'],
    ['import x.tar --to a --to b', '--to is given twice: "a" and "b"'],
    ['import x.tar --timeout 1s --timeout 2s', '--timeout is given twice: "1s" and "2s"'],
    ['import x.tar --on-conflict keep --on-conflict fail', '--on-conflict is given twice: "keep" and "fail"'],
    ['import x.tar --passphrase env:ONE --passphrase two', '--passphrase is given twice'],
    ['import x.tar --password one --password two', '--password is given twice'],
    ['import x.tar --success-callback http://a/?t=1 --success-callback http://b/', '--success-callback is given twice'],
    ['--config a.yaml doctor --config b.yaml', '--config is given twice: "a.yaml" and "b.yaml"'],
    ['package seal x -o a.tar --output b.tar', '--output is given twice: "a.tar" and "b.tar"'],
    ['partial-export --wait --no-wait', '--wait and --no-wait contradict each other'],
    ['job wait x --no-wait --wait', '--no-wait and --wait contradict each other'],
    ['import x.tar --backup b.tar --no-backup', '--backup and --no-backup contradict each other'],
    ['doctor --quiet --debug', '--debug and --quiet contradict each other'],
    ['partial-export --fresh --resume h', '--resume and --fresh contradict each other'],
    ['config trust --show --forget', '--forget and --show contradict each other'],
    ['package download A@1 --raw --passphrase x', '--raw and --passphrase contradict each other'],
    ['migrate-project A --from a --to b --dry-run --no-wait', '--dry-run and --no-wait contradict each other'],
    ['migrate-project A --from a --to b --dry-run --verify', '--dry-run and --verify contradict each other'],
    ['import x.tar --to b --no-wait --dry-run', '--dry-run and --no-wait contradict each other'],
    ['package certify A --at lab --sync --status certified', '--sync and --status contradict each other'],
  ])('%s', async (line, message) => {
    const { code, stdout, stderr } = await run(...line.split(' '));
    expect({ code, stdout, first: stderr.split('\n')[0] }).toEqual({
      code: 2,
      stdout: '',
      first: `migrator: error: ${message}`,
    });
    expect(stderr).toContain('migrator: hint: ');
  });

  test.each([
    'partial-export --project a --project b --recipient x --recipient y',
    'partial-export --quiet --quiet --force --force',
    'partial-export --wait --from lab --to lab',
    'partial-export --quiet --progress json',
  ])('%s is no contradiction', async (line) => {
    const { stderr } = await run(...line.split(' '));
    expect(stderr).not.toMatch(/twice|contradict/);
  });
});

describe('what a dry run cannot do is refused, unless a weaker wish gives way', () => {
  const ends = "{ product: octopus, url: 'http://127.0.0.1:1', apiKey: API-X, space: Default }";
  const dry = async (line: string, env: Readonly<Record<string, string>> = {}) => {
    const folder = await tempDir();
    await writeFile(join(folder, '.migratorrc.yaml'), `instances:\n  a: ${ends}\n  b: ${ends}\nhttp: { retries: 0 }\n`);
    return commandLine(line.split(' '), { cwd: folder, env: { HOME: folder, ...env } });
  };

  test.each([
    ['migrate-project A --from a --to b --preview --verify', {}, '--preview and --verify contradict each other'],
    ['import A@1 --to b --preview --no-wait', {}, '--preview and --no-wait contradict each other'],
    ['import A@1 --to b --preview --dry-run', {}, '--preview and --dry-run contradict each other'],
    ['migrate-project A --from a --to b --dry-run --preview', {}, '--preview and --dry-run contradict each other'],
    [
      'import A@1 --to b',
      { MIGRATOR_DRY_RUN: '1', MIGRATOR_PREVIEW: '1' },
      'MIGRATOR_PREVIEW and MIGRATOR_DRY_RUN contradict each other',
    ],
    [
      'migrate-project A --from a --to b --verify',
      { MIGRATOR_DRY_RUN: '1' },
      'MIGRATOR_DRY_RUN and --verify contradict',
    ],
    [
      'migrate-project A --from a --to b',
      { MIGRATOR_DRY_RUN: '1', MIGRATOR_NO_WAIT: '1' },
      'MIGRATOR_DRY_RUN and MIGRATOR_NO_WAIT contradict each other',
    ],
  ])('%s %j', async (line, env, message) => {
    const { code, stderr } = await dry(line, env);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(`error: ${message}`) });
  });

  test('a variable gives way to --dry-run, and a line says so', async () => {
    const { code, stderr } = await dry('migrate-project A --from a --to b --dry-run', { MIGRATOR_NO_WAIT: '1' });
    expect(stderr).toContain('MIGRATOR_NO_WAIT does not count for a dry run');
    // The server that does not answer: the line was accepted.
    expect(code).toBe(5);
  });
});

describe('variables that contradict each other', () => {
  const runWith = async (env: Readonly<Record<string, string>>, line: string) => {
    const folder = await tempDir();
    return commandLine(line.split(' '), { cwd: folder, env: { HOME: folder, ...env } });
  };

  test.each([
    [{ MIGRATOR_WAIT: '1', MIGRATOR_NO_WAIT: '1' }, 'migrate-project X', 'MIGRATOR_NO_WAIT and MIGRATOR_WAIT'],
    [{ MIGRATOR_WAIT: 'no', MIGRATOR_NO_WAIT: 'off' }, 'job wait x', 'MIGRATOR_NO_WAIT and MIGRATOR_WAIT'],
    [{ MIGRATOR_BACKUP: 'b.tar', MIGRATOR_NO_BACKUP: '1' }, 'import x.tar', 'MIGRATOR_BACKUP and MIGRATOR_NO_BACKUP'],
    [{ MIGRATOR_QUIET: '1', MIGRATOR_DEBUG: '1' }, 'version', 'MIGRATOR_QUIET and MIGRATOR_DEBUG'],
    [{ MIGRATOR_FRESH: '1', MIGRATOR_RESUME: 'h' }, 'partial-export', 'MIGRATOR_RESUME and MIGRATOR_FRESH'],
  ])('%j are refused in %s', async (env, line, both) => {
    const { code, stdout, stderr } = await runWith(env, line);
    expect({ code, stdout, told: stderr.split('\n').slice(0, 2) }).toEqual({
      code: 2,
      stdout: '',
      told: [`migrator: error: ${both} contradict each other`, 'migrator: hint: unset one of them'],
    });
  });

  test.each([
    ['two that say the same', { MIGRATOR_WAIT: '0', MIGRATOR_NO_WAIT: '1' }, 'job wait octopus:x:y'],
    ['one against a flag of the line', { MIGRATOR_WAIT: '1' }, 'job wait octopus:x:y --no-wait'],
    ['two of which one is outranked', { MIGRATOR_WAIT: '1', MIGRATOR_NO_WAIT: '1' }, 'job wait octopus:x:y --wait'],
    ['one against another flag of the line', { MIGRATOR_DEBUG: '1' }, 'version --quiet'],
    ['one that switches off', { MIGRATOR_QUIET: '1', MIGRATOR_DEBUG: '0' }, 'version'],
  ])('%s is no contradiction', async (_, env, line) => {
    const { stderr } = await runWith(env, line);
    expect(stderr).not.toMatch(/contradict|neither true nor false/u);
  });
});
