import type { Command } from 'commander';
import { isMigratorError } from '../../errors.ts';
import { nearest } from '../../nearest.ts';
import type { Config } from '../config/config.ts';
import type { Context } from '../context.ts';
import { environmentNames } from './flag-values.ts';
import { programOf } from './globals.ts';

/** Variables that are no flags. */
const others: readonly string[] = ['MIGRATOR_CONFIG_DIR', 'MIGRATOR_STATE_DIR', 'MIGRATOR_TRUST_CONFIG'];

/** What the tests of this project read. */
const ofTests = 'MIGRATOR_TEST_';

/**
 * Warns of variables that look like flags and are none. A variable that the rc file or the line names, such as
 * `env:MIGRATOR_KEY_PASSPHRASE`, is known. An rc file that is code may read any.
 */
export async function warnOfUnknownVariables(command: Command, context: Context): Promise<void> {
  const set = Object.keys(context.io.env).filter(
    (name) => name.startsWith('MIGRATOR_') && !name.startsWith(ofTests) && !others.includes(name),
  );
  const here = namesOf([command, programOf(command)]);
  if (context.globals.quiet || set.every((name) => here.has(name))) return;
  const { file, instances, defaults, keys, http } = await rcFile(context);
  if (file !== undefined && /\.[cm]?js$/u.test(file)) return;
  const written = JSON.stringify([instances, defaults, keys, http, command.args, command.opts()]);
  const named = new Set(written.match(/\bMIGRATOR_[A-Z0-9_]+/gu));
  const known = namesOf(everyCommand(await context.commandTree()));
  for (const name of set.filter((one) => !known.has(one) && !named.has(one))) {
    const near = nearest(name, [...known, ...others]);
    const tail = near === undefined ? '; migrator help global-flags says which there are' : `; did you mean ${near}?`;
    context.say('warning', `migrator reads no environment variable ${name}${tail}`);
  }
}

/** Commands that need no rc file also run where it is wrong, and say nothing of it. */
async function rcFile(context: Context): Promise<Partial<Config>> {
  try {
    return await context.readConfig();
  } catch (error) {
    if (isMigratorError(error)) return {};
    throw error;
  }
}

function namesOf(commands: readonly Command[]): ReadonlySet<string> {
  return new Set(commands.flatMap(({ options }) => options.flatMap((option) => environmentNames(option))));
}

function everyCommand(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap((child) => everyCommand(child))];
}
