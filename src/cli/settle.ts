import type { Command, Option } from 'commander';
import { MigratorError } from '../errors.ts';
import type { Context } from './context.ts';

/**
 * The order in which a flag gets its value: command line, environment (`MIGRATOR_` and the flag's name), the rc file's
 * `defaults`, built-in. The environment counts for a switch by its value: `0`, `false` and `no` switch it off.
 */
export async function settle(
  command: Command,
  context: Context,
  notFromDefaults: readonly string[] = [],
): Promise<void> {
  fromEnvironment(command, context);
  const { defaults, file } = await context.config();
  for (const option of command.options) {
    const name = option.attributeName();
    const value = defaults[name];
    if (value === undefined || isSet(command, name) || notFromDefaults.includes(name)) continue;
    command.setOptionValueWithSource(name, fromDefaults(option, value, file ?? 'the rc file'), 'config');
  }
}

/** The part that needs no rc file; also used for the options of the program itself. */
export function fromEnvironment(command: Command, context: Context): void {
  for (const option of command.options) {
    const name = option.attributeName();
    const variable = environmentName(option);
    const text = context.io.env[variable];
    if (text === undefined || text === '' || isSet(command, name)) continue;
    command.setOptionValueWithSource(name, parse(option, text, variable), 'env');
  }
}

export function environmentName(option: Option): string {
  return `MIGRATOR_${option.name().replace(/^no-/u, '').replaceAll('-', '_').toUpperCase()}`;
}

function isSet(command: Command, name: string): boolean {
  const source = command.getOptionValueSource(name);
  return source !== undefined && source !== 'default';
}

function parse(option: Option, text: string, variable: string): unknown {
  if (option.isBoolean() || option.negate) return parseSwitch(text, variable);
  if (option.parseArg !== undefined && Array.isArray(option.defaultValue ?? []))
    return text.split(',').map((item) => item.trim());
  checkChoice(option, text, variable);
  return text;
}

function parseSwitch(text: string, variable: string): boolean {
  const word = text.toLowerCase();
  if (['1', 'true', 'yes', 'on'].includes(word)) return true;
  if (['0', 'false', 'no', 'off'].includes(word)) return false;
  throw new MigratorError('USAGE', `${variable}="${text}" is neither true nor false`, { hint: 'use 1 or 0' });
}

function fromDefaults(option: Option, value: unknown, file: string): unknown {
  const path = `defaults.${option.attributeName()} in ${file}`;
  const wants = option.isBoolean() || option.negate ? 'boolean' : option.parseArg !== undefined ? 'list' : 'text';
  if (wants === 'boolean' && typeof value === 'boolean') return value;
  if (wants === 'list' && (typeof value === 'string' || isTexts(value)))
    return typeof value === 'string' ? [value] : value;
  if (wants === 'text' && (typeof value === 'string' || typeof value === 'number')) {
    checkChoice(option, String(value), path);
    return String(value);
  }
  throw new MigratorError('CONFIG_INVALID', `${path} must be a ${wants === 'list' ? 'list of texts' : wants}`);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function checkChoice(option: Option, text: string, where: string): void {
  if (option.argChoices === undefined || option.argChoices.includes(text)) return;
  throw new MigratorError('USAGE', `${where}: "${text}" is not one of ${option.argChoices.join(', ')}`);
}
