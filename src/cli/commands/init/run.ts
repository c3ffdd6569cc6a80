import { lstat } from 'node:fs/promises';
import { dirname, extname, join, resolve } from 'node:path';
import { productOptions } from '../../../adapters/index.ts';
import { MigratorError } from '../../../errors.ts';
import { systemCode, localError } from '../../../files/local-error.ts';
import { createFileSink } from '../../../files/whole-file.ts';
import type { Invocation } from '../../build-command.ts';
import { rcFileNames } from '../../config/search.ts';
import type { Context } from '../../context.ts';
import { secretFile } from '../../secrets/references.ts';
import type { IO } from '../../terminal/io.ts';
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
  const { product } = options;
  const answers = asks ? await interview(context, product) : embeddedStarter(product ?? 'octopus');
  const sink = await createFileSink(file, { overwrite: options.force === true, flag: '--force', mode: 0o600 });
  try {
    await sink.write(Buffer.from(starterConfig(answers)));
    await sink.commit();
  } finally {
    await sink.discard();
  }
  const next = nextSteps(answers, globals.config);
  const missing = await missingSecrets(answers, dirname(file), io);
  const variable = io.env['MIGRATOR_CONFIG'] ?? '';
  context.result(
    'init',
    { file, missing: missing.map(({ what, name }) => `${what} ${name}`), next },
    lines(
      `wrote ${file}`,
      variable === '' || globals.config !== undefined
        ? undefined
        : `warning: MIGRATOR_CONFIG names "${variable}", which is read instead until it is unset`,
      ...(missing.length === 0 ? [] : ['first:', ...missing.map(({ advice }) => `  ${advice}`)]),
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

interface Missing {
  readonly what: 'file' | 'variable';
  readonly name: string;
  readonly advice: string;
}

/** What must be there before the secret references of the new file can be read. */
async function missingSecrets({ instances }: StarterAnswers, folder: string, io: IO): Promise<readonly Missing[]> {
  const found = new Map<string, Missing>();
  // Two instances may have one secret.
  const purposes = new Map<string, string[]>();
  for (const { name: instance, product, settings } of instances) {
    for (const [key, value] of Object.entries(settings).filter(([name]) => isSecret(product, name))) {
      purposes.set(value, [...(purposes.get(value) ?? []), `the ${key} of ${instance}`]);
      const purpose = (purposes.get(value) ?? []).join(' and ');
      const place = secretFile(value, { io, baseDirectory: folder });
      const variable = /^env:(.*)$/su.exec(value)?.[1];
      if (place !== undefined && !(await present(place)))
        found.set(place, {
          what: 'file',
          name: place,
          advice: `write ${purpose} into ${quoted(place)}, and let nobody else read it: chmod 600`,
        });
      if (variable !== undefined && (io.env[variable] ?? '') === '')
        found.set(value, { what: 'variable', name: variable, advice: `set the variable ${variable} to ${purpose}` });
    }
  }
  return [...found.values()];
}

const isSecret = (product: string, setting: string): boolean =>
  productOptions
    .find((entry) => entry.product === product)
    ?.settings?.some(({ name, secret }) => name === setting && secret === true) === true;

/** Command lines that work as they are printed. */
function nextSteps({ instances, move }: StarterAnswers, named: string | undefined): readonly string[] {
  const config = named === undefined ? '' : ` --config ${quoted(named)}`;
  const runs = instances.some(({ settings }) => Object.values(settings).some((value) => value.startsWith('command:')));
  const moving = ['migrate-project', ...(move ?? [])].map(quoted).join(' ');
  return [
    // A command of an rc file runs only when the user has allowed it.
    ...(runs ? ['config trust'] : []),
    'config check',
    'doctor',
    'inventory',
    ...(move === undefined ? [] : [`${moving} --dry-run`, moving]),
  ].map((line) => `migrator${config} ${line}`);
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
