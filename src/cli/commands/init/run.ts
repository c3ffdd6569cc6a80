import { lstat } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import { MigratorError } from '../../../errors.ts';
import { systemCode, localError } from '../../../files/local-error.ts';
import { createFileSink } from '../../../files/whole-file.ts';
import type { Invocation } from '../../build-command.ts';
import { rcFileNames } from '../../config/search.ts';
import type { Context } from '../../context.ts';
import { lines } from '../../terminal/table.ts';
import type { InitOptions } from './flags.ts';
import { interview } from './interview.ts';
import { embeddedStarter, starterConfig, type StarterAnswers } from './starter.ts';

const fileName = '.migratorrc.yaml';

export async function runInit({ options }: Invocation<InitOptions>, context: Context) {
  const { io, globals } = context;
  const file = placeOf(globals.config, io.cwd);
  if (options.force !== true && (await present(file))) {
    throw new MigratorError('CONFLICT', `"${globals.config ?? fileName}" already exists`, {
      hint: 'edit it, or replace it with --force',
    });
  }
  if (globals.config === undefined) await refuseSecondFile(io.cwd);
  const asks = options.yes !== true && io.stdinIsTTY && io.stderrIsTTY;
  if (!asks && options.yes !== true) {
    throw new MigratorError('USAGE', 'init asks questions, but there is no terminal', {
      hint: 'write a commented example with --yes',
    });
  }
  const answers = asks ? await interview(context) : embeddedStarter;
  const sink = await createFileSink(file, { overwrite: options.force === true, flag: '--force', mode: 0o600 });
  try {
    await sink.write(Buffer.from(starterConfig(answers)));
    await sink.commit();
  } finally {
    await sink.discard();
  }
  const next = nextSteps(answers, globals.config);
  const variable = io.env['MIGRATOR_CONFIG'] ?? '';
  context.result(
    'init',
    { file, next },
    lines(
      `wrote ${file}`,
      variable === '' || globals.config !== undefined
        ? undefined
        : `warning: MIGRATOR_CONFIG names "${variable}", which is read instead until it is unset`,
      'next:',
      ...next.map((line) => `  ${line}`),
    ),
  );
  return undefined;
}

function placeOf(named: string | undefined, cwd: string): string {
  if (named === undefined) return join(cwd, fileName);
  if (['', '.yaml', '.yml'].includes(extname(named))) return resolve(cwd, named);
  throw new MigratorError('USAGE', `init writes YAML, and "${named}" has another extension`, {
    hint: 'name a file that ends in .yaml',
  });
}

/** The first name of a folder counts. So a second file would never be read, or would hide the first one. */
async function refuseSecondFile(folder: string): Promise<void> {
  for (const name of rcFileNames.filter((one) => one !== fileName && one !== 'package.json')) {
    if (!(await present(join(folder, name)))) continue;
    throw new MigratorError('CONFLICT', `this folder has an rc file already: "${name}"`, {
      hint: `edit it, or remove it and run migrator init again; only one of "${name}" and "${fileName}" is read`,
    });
  }
}

/** Command lines that work as they are printed. */
function nextSteps({ from, to, project }: StarterAnswers, named: string | undefined): readonly string[] {
  const migrator = named === undefined ? 'migrator' : `migrator --config ${quoted(named)}`;
  const look = [`${migrator} config check`, `${migrator} doctor`, `${migrator} inventory`];
  if (from === undefined || to === undefined || project === undefined) return look;
  return [
    ...look,
    `${migrator} migrate-project ${quoted(project)} --dry-run`,
    `${migrator} migrate-project ${quoted(project)}`,
  ];
}

const quoted = (word: string): string => (/^[\w:./@=-]+$/u.test(word) ? word : `"${word}"`);

async function present(file: string): Promise<boolean> {
  try {
    await lstat(file);
    return true;
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return false;
    throw localError(error, `could not look at "${file}"`);
  }
}
