import type { Command, Option } from 'commander';
import { MigratorError } from '../../errors.ts';
import { nearest } from '../../nearest.ts';
import type { DefaultValue } from '../config/config.ts';
import type { Context } from '../context.ts';
import { programOf } from './globals.ts';
import { ListOption } from './list-flag.ts';

/** The global flags that the rc file may set. `--json` and `--config` are needed before the file is read. */
const programDefaults = ['progress', 'quiet', 'debug', 'color', 'patience'];

/**
 * Gives each flag its value: from the command line, else the environment (`MIGRATOR_` and the name of the flag), else
 * `defaults` in the rc file, else the built-in value. In the environment, `0`, `false`, `no` and `off` turn a switch
 * off. `notFromDefaults` names flags that change what the command does. `defaults` does not set them.
 */
export async function settle(
  command: Command,
  context: Context,
  notFromDefaults: readonly string[] = [],
): Promise<void> {
  fromEnvironment(command, context);
  const { defaults, file = 'the rc file' } = await context.config();
  const program = programOf(command);
  const unused: [string, DefaultValue][] = [];
  for (const [name, value] of Object.entries(defaults)) {
    const owner = [command, program].find((one) => flagOf(one, name) !== undefined);
    const option = owner && flagOf(owner, name);
    if (owner === undefined || option === undefined) {
      unused.push([name, value]);
      continue;
    }
    const path = `defaults.${name} in ${file}`;
    const settled = fromDefaults(option, value, path);
    if (isSet(owner, name) || notFromDefaults.includes(name)) continue;
    owner.setOptionValueWithSource(name, settled, 'config');
    context.flagSources.set(name, { origin: 'rc file', words: path });
  }
  if (unused.length > 0) await checkUnused(unused, file, context);
}

/** Gives flags their values from the environment. Needs no rc file. */
export function fromEnvironment(command: Command, context: Context): void {
  for (const option of command.options) {
    const name = option.attributeName();
    if (option.hidden || name === 'version' || isSet(command, name)) continue;
    for (const variable of environmentNames(option)) {
      const text = context.io.env[variable];
      if (text === undefined || text === '') continue;
      const value = parse(option, text, variable);
      const negated = option.negate && variable.startsWith('MIGRATOR_NO_');
      command.setOptionValueWithSource(name, negated ? value !== true : value, 'env');
      context.flagSources.set(name, { origin: 'environment', words: variable });
      break;
    }
  }
}

/** The variables of a flag. `--no-wait` has two: MIGRATOR_NO_WAIT=1 and MIGRATOR_WAIT=0 mean the same. */
export function environmentNames(option: Option): readonly string[] {
  const name = option.name().replaceAll('-', '_').toUpperCase();
  return option.negate ? [`MIGRATOR_${name}`, `MIGRATOR_${name.replace(/^NO_/u, '')}`] : [`MIGRATOR_${name}`];
}

function flagOf(command: Command, name: string): Option | undefined {
  if (command.parent === null && !programDefaults.includes(name)) return undefined;
  return command.options.find((option) => option.attributeName() === name && !option.hidden);
}

function isSet(command: Command, name: string): boolean {
  const source = command.getOptionValueSource(name);
  return source !== undefined && source !== 'default';
}

/** Checks defaults of other commands. Without this check, a wrong one would be found only when such a command runs. */
async function checkUnused(
  unused: readonly (readonly [string, DefaultValue])[],
  file: string,
  context: Context,
): Promise<void> {
  const all = everyCommand(await context.commandTree());
  for (const [name, value] of unused) {
    const option = all.map((command) => flagOf(command, name)).find((found) => found !== undefined);
    if (option !== undefined) {
      fromDefaults(option, value, `defaults.${name} in ${file}`);
      continue;
    }
    const names = all.flatMap((command) => command.options.map((one) => one.attributeName()));
    const near = nearest(name, names);
    throw new MigratorError('CONFIG_INVALID', `defaults.${name} in ${file} is not a flag that can have a default`, {
      hint:
        near === undefined
          ? 'write the name of a flag in camel case: packageId for --package-id'
          : `did you mean "${near}"?`,
    });
  }
}

function everyCommand(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap((child) => everyCommand(child))];
}

function parse(option: Option, text: string, variable: string): unknown {
  if (option.isBoolean() || option.negate) return parseSwitch(text, variable);
  const words = option instanceof ListOption ? text.split(',').map((item) => item.trim()) : [text];
  for (const word of words) checkChoice(option, word, variable);
  return option instanceof ListOption ? words : text;
}

function parseSwitch(text: string, variable: string): boolean {
  const word = text.toLowerCase();
  if (['1', 'true', 'yes', 'on'].includes(word)) return true;
  if (['0', 'false', 'no', 'off'].includes(word)) return false;
  throw new MigratorError('USAGE', `${variable}="${text}" is neither true nor false`, { hint: 'use 1 or 0' });
}

function fromDefaults(option: Option, value: DefaultValue, path: string): unknown {
  if (option.isBoolean() || option.negate) {
    if (typeof value === 'boolean') return value;
    throw new MigratorError('CONFIG_INVALID', `${path} must be true or false`);
  }
  if (option instanceof ListOption) {
    if (typeof value === 'number' || typeof value === 'boolean')
      throw new MigratorError('CONFIG_INVALID', `${path} must be a list of texts`);
    const words = typeof value === 'string' ? [value] : value;
    for (const word of words) checkChoice(option, word, path, 'CONFIG_INVALID');
    return words;
  }
  if (typeof value !== 'string' && typeof value !== 'number')
    throw new MigratorError('CONFIG_INVALID', `${path} must be a text`);
  checkChoice(option, String(value), path, 'CONFIG_INVALID');
  return String(value);
}

function checkChoice(option: Option, text: string, where: string, code: 'USAGE' | 'CONFIG_INVALID' = 'USAGE'): void {
  if (option.argChoices === undefined || option.argChoices.includes(text)) return;
  throw new MigratorError(code, `${where}: "${text}" is not one of ${option.argChoices.join(', ')}`);
}

/** A repeatable flag that was not given gets an empty list. */
export function fillLists(command: Command): void {
  for (const option of command.options) {
    const name = option.attributeName();
    if (!(option instanceof ListOption) || command.getOptionValue(name) !== undefined) continue;
    command.setOptionValueWithSource(name, [], 'default');
  }
}
