import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Command, Option } from 'commander';
import { buildCommand, type Run } from '../../../../src/cli/build-command.ts';
import { createContext, type Context } from '../../../../src/cli/context.ts';
import { explain } from '../../../../src/cli/explain.ts';
import { ListOption } from '../../../../src/cli/flags/list-flag.ts';
import { withWaiting } from '../../../../src/cli/flags/waiting.ts';
import { createProgram } from '../../../../src/cli/program.ts';
import { testIO } from '../../../support/test-io.ts';
import { withTempDir } from '../../../support/with-temp-dir.ts';

type Options = Readonly<Record<string, unknown>>;

/** A command with one flag of each kind, and the final values of its flags. */
async function settled(
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
  defaults?: string,
  notFromDefaults?: readonly string[],
): Promise<{ readonly options: Options; readonly context: Context }> {
  return withTempDir(async (cwd) => {
    if (defaults !== undefined) await writeFile(join(cwd, '.migratorrc.yaml'), `defaults:\n${defaults}`);
    const context = createContext(testIO({ cwd, env, home: cwd }), argv);
    context.commandTree = () => createProgram(context);
    let options: Options | undefined;
    const flags = (command: Command): Command =>
      withWaiting(command)
        .addOption(new Option('--package-id <id>'))
        .addOption(new Option('--dry-run'))
        .addOption(new Option('--on-conflict <policy>').choices(['fail', 'keep', 'overwrite']).default('fail'))
        .addOption(new Option('--route <route>').choices(['push', 'relay']))
        .addOption(new ListOption('--project <name>', 'a list'))
        .addOption(new ListOption('--kind <kind>', 'a list of choices', ['asset', 'pipeline']))
        .addOption(new Option('--limit <count>').default('20'));
    const run: Run<Options> = (given) => {
      options = given.options;
      return Promise.resolve(undefined);
    };
    const entry = {
      name: 'work',
      description: 'works',
      flags: () => Promise.resolve(flags),
      run: () => Promise.resolve(run),
      ...(notFromDefaults === undefined ? {} : { notFromDefaults }),
    };
    const command = await buildCommand(entry, context, undefined);
    const program = new Command('migrator')
      .addOption(new Option('--progress <mode>').choices(['auto', 'json']))
      .addOption(new Option('-q, --quiet'))
      .addOption(new Option('--json'))
      .addOption(new Option('--no-color'))
      .version('1.0.0')
      .addCommand(command);
    await program.parseAsync(['work', ...argv], { from: 'user' });
    return { options: options!, context };
  });
}

async function one(name: string, ...given: Parameters<typeof settled>): Promise<unknown> {
  return (await settled(...given)).options[name];
}

async function failure(...given: Parameters<typeof settled>): Promise<string> {
  try {
    await settled(...given);
  } catch (error) {
    return explain(error, { debug: false }).lines.join('\n');
  }
  throw new Error('nothing failed');
}

describe('a flag gets its value from the command line, the environment, the rc file or the built-in value', () => {
  const cases: readonly [string, string, readonly string[], string, string, unknown[]][] = [
    ['a text', 'packageId', ['--package-id', 'cli'], 'env', 'packageId: rc', ['cli', 'env', 'rc', undefined]],
    [
      'a choice',
      'onConflict',
      ['--on-conflict', 'keep'],
      'overwrite',
      'onConflict: keep',
      ['keep', 'overwrite', 'keep', 'fail'],
    ],
    [
      'a choice without a default',
      'route',
      ['--route', 'push'],
      'relay',
      'route: push',
      ['push', 'relay', 'push', undefined],
    ],
    ['a switch', 'dryRun', ['--dry-run'], '0', 'dryRun: true', [true, false, true, undefined]],
    [
      'a list',
      'project',
      ['--project', 'a', '--project', 'b, c'],
      'd, e',
      'project: [f]',
      [['a', 'b, c'], ['d', 'e'], ['f'], []],
    ],
    [
      'a list of choices',
      'kind',
      ['--kind', 'asset'],
      'asset,pipeline',
      'kind: pipeline',
      [['asset'], ['asset', 'pipeline'], ['pipeline'], []],
    ],
    ['a number as text', 'limit', ['--limit', '3'], '4', 'limit: 5', ['3', '4', '5', '20']],
    ['a negated switch', 'wait', ['--no-wait'], '1', 'wait: false', [false, true, false, true]],
  ];

  test.each(cases)('in this order: %s', async (_, name, argv, text, rc, [cli, env, file, builtIn]) => {
    const variable = `MIGRATOR_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
    const defaults = `  ${rc}\n`;
    expect(await one(name, argv, { [variable]: text }, defaults)).toEqual(cli);
    expect(await one(name, [], { [variable]: text }, defaults)).toEqual(env);
    expect(await one(name, [], {}, defaults)).toEqual(file);
    expect(await one(name, [], {}, undefined)).toEqual(builtIn);
    expect(await one(name, [], { [variable]: '' }, undefined)).toEqual(builtIn);
  });

  test.each([
    ['1', true],
    ['true', true],
    ['YES', true],
    ['on', true],
    ['0', false],
    ['false', false],
    ['No', false],
    ['off', false],
  ])('in the environment, %s sets a switch to %s', async (text, expected) => {
    expect(await one('dryRun', [], { MIGRATOR_DRY_RUN: text })).toBe(expected);
  });

  test('MIGRATOR_NO_WAIT=1 and MIGRATOR_WAIT=0 both mean --no-wait', async () => {
    expect(await one('wait', [], { MIGRATOR_NO_WAIT: '1' })).toBe(false);
    expect(await one('wait', [], { MIGRATOR_NO_WAIT: '0' })).toBe(true);
    expect(await one('wait', [], { MIGRATOR_WAIT: 'no' })).toBe(false);
    expect(await one('wait', ['--no-wait'], { MIGRATOR_NO_WAIT: '0' })).toBe(false);
  });

  test('a single text in the rc file is a list with one value', async () => {
    expect(await one('project', [], {}, '  project: Web Shop\n')).toEqual(['Web Shop']);
  });

  test('a flag that changes what the command does gets no default from the rc file', async () => {
    expect(await one('packageId', [], {}, '  packageId: rc\n', ['packageId'])).toBeUndefined();
    expect(await one('packageId', [], { MIGRATOR_PACKAGE_ID: 'env' }, '  packageId: rc\n', ['packageId'])).toBe('env');
  });

  test('the global flags follow the same order', async () => {
    const globals = async (...given: Parameters<typeof settled>) => (await settled(...given)).context.globals;
    expect(await globals([], { MIGRATOR_PROGRESS: 'json' }, '  progress: auto\n')).toMatchObject({ progress: 'json' });
    expect(await globals([], {}, '  progress: json\n  quiet: true\n')).toMatchObject({ progress: 'json', quiet: true });
    expect(await globals(['--quiet'], { MIGRATOR_QUIET: '0' })).toMatchObject({ quiet: true });
    expect(await globals([], { MIGRATOR_NO_COLOR: '1' })).toMatchObject({ color: false });
    expect(await globals([], { MIGRATOR_JSON: 'on' })).toMatchObject({ json: true });
    // Release scripts set this variable for other purposes.
    expect(await globals([], { MIGRATOR_VERSION: '9' })).toMatchObject({ json: false });
  });
});

describe('an error about a wrong value names its source', () => {
  test.each([
    [{ MIGRATOR_DRY_RUN: 'perhaps' }, undefined, /MIGRATOR_DRY_RUN="perhaps" is neither true nor false/],
    [{ MIGRATOR_ON_CONFLICT: 'ask' }, undefined, /MIGRATOR_ON_CONFLICT: "ask" is not one of fail, keep, overwrite/],
    [{ MIGRATOR_KIND: 'asset,pipe' }, undefined, /MIGRATOR_KIND: "pipe" is not one of asset, pipeline/],
    [{ MIGRATOR_PROGRESS: 'loud' }, undefined, /MIGRATOR_PROGRESS: "loud" is not one of auto, json/],
    [{}, '  timeout: 20\n', /migratorrc\.yaml": line 2: defaults\.timeout is not a duration; write 90s, 20m or 2h/],
    [{}, '  maxExpandedSize: big\n', /defaults\.maxExpandedSize is not a size; write 500MiB/],
    [{}, '  onConflict: ask\n', /migratorrc\.yaml": line 2: defaults\.onConflict must be one of/],
    [{}, '  dryRun: "yes"\n', /migratorrc\.yaml": line 2: defaults\.dryRun must be true or false/],
    [{}, '  packageId: true\n', /migratorrc\.yaml": line 2: defaults\.packageId must be a text/],
    [{}, '  project: 7\n', /migratorrc\.yaml": line 2: defaults\.project must be a list of texts/],
    [{}, '  kind: [asset, pipe]\n', /defaults\.kind must be one of asset, pipeline; did you mean "pipeline"/],
    [{}, '  packagId: x\n', /defaults\.packagId is not a flag that can have a default; did you mean "packageId"\?/],
    [{}, '  json: true\n', /defaults\.json is not a flag that can have a default; write the name in camel case/],
    [{}, '  packagId: x\n  dryRun: 1\n  kind: 2\n', /has 3 problems:\n.*dryRun.*\n.*kind.*\n.*packagId/],
    // A flag of another command. It is checked too, so that an error is found before that command runs.
    [{}, '  compression: lzma\n', /defaults\.compression must be one of auto/],
  ])('%j %j', async (env, defaults, message) => {
    expect(await failure([], env as Record<string, string>, defaults)).toMatch(message);
  });

  test('also for durations, which are read later', async () => {
    const { context: fromEnv } = await settled([], { MIGRATOR_TIMEOUT: 'soon' });
    expect(fromEnv.flagSource('timeout')).toEqual({ origin: 'environment', words: 'MIGRATOR_TIMEOUT' });
    const { context: fromFile } = await settled([], {}, '  pollInterval: 2s\n');
    expect(fromFile.flagSource('pollInterval').words).toMatch(/^defaults\.pollInterval in .*migratorrc\.yaml$/);
    const { context: fromLine } = await settled(['--poll-interval', 'soon'], { MIGRATOR_POLL_INTERVAL: '1s' });
    expect(fromLine.flagSource('pollInterval')).toEqual({ origin: 'command line', words: '--poll-interval' });
  });

  test('commander refuses a wrong choice on the command line, also in a list', async () => {
    const context = createContext(testIO(), []);
    const entry = {
      name: 'work',
      description: 'works',
      flags: () =>
        Promise.resolve((command: Command) =>
          command.addOption(new ListOption('--kind <kind>', 'kinds', ['asset'])).exitOverride(),
        ),
      run: () => Promise.resolve(() => Promise.resolve(undefined)),
      config: false,
    };
    const command = await buildCommand(entry, context, undefined);
    command.configureOutput({ writeErr: () => undefined });
    await expect(command.parseAsync(['--kind', 'pipe'], { from: 'user' })).rejects.toThrow(/Allowed choices are asset/);
  });
});
