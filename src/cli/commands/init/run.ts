import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { productOptions } from '../../../adapters/index.ts';
import { MigratorError } from '../../../errors.ts';
import { createFileSink } from '../../../files/whole-file.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { ask } from '../../terminal/prompt.ts';
import { lines } from '../../terminal/table.ts';
import type { InitOptions } from './flags.ts';
import { embeddedStarter, starterConfig, type StarterAnswers, type StarterInstance } from './starter.ts';

const fileName = '.migratorrc.yaml';

export async function runInit({ options }: Invocation<InitOptions>, context: Context) {
  const { io } = context;
  const file = join(io.cwd, fileName);
  if (options.force !== true && (await present(file))) {
    throw new MigratorError('CONFLICT', `"${fileName}" already exists`, {
      hint: 'edit it, or replace it with --force',
    });
  }
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
  context.result('init', { file }, lines(`wrote ${file}`, 'next: migrator config check, then migrator doctor'));
  return undefined;
}

async function interview({ io, signal }: Context): Promise<StarterAnswers> {
  const instances: StarterInstance[] = [];
  for (const [role, proposed] of [
    ['move from', 'lab'],
    ['move to', 'prod'],
  ] as const) {
    const name = await ask(io, `Name of the instance to ${role}`, proposed, { signal });
    const product = await ask(
      io,
      `Its product (${productOptions.map((entry) => entry.product).join(', ')})`,
      'octopus',
      { signal },
    );
    const url = await ask(io, 'Its URL, or embedded:./path for an embedded instance', `embedded:./${name}`, { signal });
    const settings: Record<string, string> = {};
    for (const setting of url.startsWith('embedded:') ? [] : accountOf(product)) {
      const variable = `${name}_${setting.replace(/[A-Z]/gu, (letter) => `_${letter}`)}`;
      const proposed = `env:${variable.toUpperCase().replace(/[^A-Z0-9]+/gu, '_')}`;
      settings[setting] =
        setting === 'username'
          ? await ask(io, 'Its user name', '', { signal })
          : await ask(io, `A reference to its ${setting}`, proposed, { signal });
    }
    instances.push({ name, product, url, settings });
  }
  return { instances, from: instances[0]?.name, to: instances[1]?.name };
}

function accountOf(product: string): readonly string[] {
  return productOptions.find((entry) => entry.product === product)?.account ?? [];
}

async function present(file: string): Promise<boolean> {
  try {
    await lstat(file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
