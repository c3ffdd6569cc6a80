import type { Command, Option } from 'commander';
import { MigratorError } from '../../errors.ts';
import { nearest, wordHint } from '../../nearest.ts';
import type { DefaultValue } from '../config/config.ts';
import type { ConfigProblem } from '../config/problem.ts';
import type { Context } from '../context.ts';
import { amountFault } from './duration-and-size.ts';
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
  const config = await context.config();
  const { defaults, file = 'the rc file' } = config;
  const program = programOf(command);
  const unused: [string, DefaultValue][] = [];
  const problems: ConfigProblem[] = [];
  for (const [name, value] of Object.entries(defaults)) {
    const owner = [command, program].find((one) => flagOf(one, name) !== undefined);
    const option = owner && flagOf(owner, name);
    if (owner === undefined || option === undefined) {
      unused.push([name, value]);
      continue;
    }
    const path = `defaults.${name} in ${file}`;
    const fault = valueFault(option, value);
    if (fault !== undefined) problems.push({ path: `defaults.${name}`, ...fault });
    if (fault !== undefined || isSet(owner, name) || notFromDefaults.includes(name)) continue;
    owner.setOptionValueWithSource(name, settledValue(option, value), 'config');
    context.flagSources.set(name, { origin: 'rc file', words: path });
  }
  // Without this check, a wrong default of another command would be found only when that runs.
  if (unused.length > 0) problems.push(...defaultsProblems(Object.fromEntries(unused), await context.commandTree()));
  if (problems.length === 0) return;
  // A fault here is told together with all others of the file.
  const [{ configFault, placed }, { asGiven }] = await Promise.all([
    import('../config/load.ts'),
    import('../config/as-given.ts'),
  ]);
  const all = [...problems, ...(await context.problemsOfCode(asGiven(config)))];
  const each = all.filter(({ path }, index) => all.findIndex((one) => one.path === path) === index);
  throw configFault(file, config.file === undefined ? each : await placed(config.file, each));
}

/** All that is wrong with `defaults`, for the whole tree of commands. An unknown name is no fault unless they are `closed`. */
export function defaultsProblems(defaults: unknown, tree: Command, closed = true): readonly ConfigProblem[] {
  if (typeof defaults !== 'object' || defaults === null || Array.isArray(defaults)) return [];
  const all = everyCommand(tree);
  const names = all.flatMap((command) =>
    command.options.map((one) => one.attributeName()).filter((name) => flagOf(command, name) !== undefined),
  );
  return Object.entries(defaults).flatMap(([name, value]): readonly ConfigProblem[] => {
    const path = `defaults.${name}`;
    const ofName = (wanted: string) =>
      all.map((command) => flagOf(command, wanted)).find((found) => found !== undefined);
    const known = ofName(name);
    const suggestion = known === undefined ? nearest(name, names) : undefined;
    const meant = suggestion === undefined || suggestion in defaults ? known : ofName(suggestion);
    const fault = meant !== undefined && isDefault(value) ? valueFault(meant, value) : undefined;
    const faults = fault === undefined ? [] : [{ path, ...fault }];
    if (known !== undefined) return faults;
    if (!closed) return [];
    const camel = suggestion === undefined ? '; write the name in camel case: packageId for --package-id' : '';
    return [{ path, message: `is not a flag that can have a default${camel}`, suggestion }, ...faults];
  });
}

/** The rc file's schema refuses all other values by itself. */
function isDefault(value: unknown): value is DefaultValue {
  return Array.isArray(value)
    ? value.every((item) => typeof item === 'string')
    : ['string', 'number', 'boolean'].includes(typeof value);
}

/**
 * Gives flags their values from the environment. Needs no rc file. USAGE for two variables that contradict each other; one
 * that contradicts a flag of the line counts for nothing.
 */
export function fromEnvironment(command: Command, context: Context): void {
  const given = new Map<string, Given>();
  for (const option of command.options) {
    const name = option.attributeName();
    if (option.hidden || name === 'version' || isSet(command, name)) continue;
    for (const variable of environmentNames(option)) {
      const text = context.io.env[variable];
      if (text === undefined || text === '' || ofOther(option, variable, command)) continue;
      const parsed = parse(option, text, variable);
      const negated = option.negate && variable.startsWith('MIGRATOR_NO_');
      const value = negated ? parsed !== true : parsed;
      const before = given.get(name);
      if (before !== undefined && String(before.value) !== String(value)) throw opposed(before.variable, variable);
      given.set(name, { option, variable, value });
    }
  }
  for (const [name, { option, variable, value }] of given) {
    const rivals = rivalsOf(option, command);
    if (value !== false && rivals.some((rival) => isSet(command, rival))) continue;
    const rival = rivals.map((one) => given.get(one)).find((one) => one !== undefined && one.value !== false);
    if (value !== false && rival !== undefined) throw opposed(variable, rival.variable);
    command.setOptionValueWithSource(name, value, 'env');
    context.flagSources.set(name, { origin: 'environment', words: variable });
  }
}

interface Given {
  readonly option: Option;
  readonly variable: string;
  readonly value: unknown;
}

const opposed = (one: string, other: string): MigratorError =>
  new MigratorError('USAGE', `${one} and ${other} contradict each other`, { hint: 'unset one of them' });

/** MIGRATOR_BACKUP is the file of `--backup`, and says nothing to `--no-backup`. */
function ofOther(option: Option, variable: string, { options }: Command): boolean {
  return options.some(
    (other) => other !== option && !other.negate && !other.isBoolean() && environmentNames(other).includes(variable),
  );
}

/** The flags that cannot be given together with this one, whichever of both says so. */
function rivalsOf(option: Option, { options }: Command): readonly string[] {
  const excludes = (one: Option): readonly string[] =>
    (one as Option & { readonly conflictsWith?: readonly string[] }).conflictsWith ?? [];
  const name = option.attributeName();
  return [
    ...excludes(option),
    ...options.filter((one) => excludes(one).includes(name)).map((one) => one.attributeName()),
  ];
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

/** Why a flag cannot have this value of a file. */
export function valueFault(option: Option, value: DefaultValue): Omit<ConfigProblem, 'path'> | undefined {
  if (option.isBoolean() || option.negate)
    return typeof value === 'boolean' ? undefined : { message: 'must be true or false' };
  const isList = option instanceof ListOption;
  if (isList && (typeof value === 'number' || typeof value === 'boolean'))
    return { message: 'must be a list of texts' };
  if (!isList && typeof value !== 'string' && typeof value !== 'number') return { message: 'must be a text' };
  const amount = isList ? undefined : amountFault(option.flags, String(value));
  if (amount !== undefined) return { message: amount };
  const { argChoices: choices } = option;
  const wrong = choices && wordsOf(value).find((word) => !choices.includes(word));
  if (choices === undefined || wrong === undefined) return undefined;
  return { message: `must be one of ${choices.join(', ')}`, suggestion: nearest(wrong, choices) };
}

/** A value of a file without a fault, as the flag takes it. */
export function settledValue(option: Option, value: DefaultValue): unknown {
  if (typeof value === 'boolean') return value;
  return option instanceof ListOption ? wordsOf(value) : String(value);
}

const wordsOf = (value: DefaultValue): readonly string[] => (typeof value === 'object' ? value : [String(value)]);

function checkChoice({ argChoices: choices }: Option, text: string, where: string): void {
  if (choices === undefined || choices.includes(text)) return;
  throw new MigratorError('USAGE', `${where}: "${text}" is not one of ${choices.join(', ')}`, {
    hint: wordHint(text, choices),
  });
}

/** A repeatable flag that was not given gets an empty list. */
export function fillLists(command: Command): void {
  for (const option of command.options) {
    const name = option.attributeName();
    if (!(option instanceof ListOption) || command.getOptionValue(name) !== undefined) continue;
    command.setOptionValueWithSource(name, [], 'default');
  }
}
