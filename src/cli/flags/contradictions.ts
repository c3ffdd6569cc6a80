import type { Command, Option } from 'commander';
import { MigratorError } from '../../errors.ts';
import { ListOption } from './list-flag.ts';

/**
 * Refuses, while commander reads the line, a flag of one value that is given twice, and a switch that is given together
 * with its negation. Commander takes the last one in silence. Flags that exclude each other for another reason say so
 * with `conflicts`.
 */
export function refuseContradictions(command: Command): void {
  const given = new Map<string, { readonly option: Option; readonly value: unknown }>();
  for (const option of command.options) {
    command.on(`option:${option.name()}`, (value: unknown) => {
      const before = given.get(option.attributeName());
      given.set(option.attributeName(), { option, value });
      if (before === undefined) return;
      if (before.option !== option) throw contradiction(flagOf(before.option), flagOf(option));
      if (option instanceof ListOption || !(option.required || option.optional)) return;
      throw repeated(option, before.value, value);
    });
  }
}

/** The values that are secrets, or may hold one, are not shown. */
function repeated(option: Option, before: unknown, value: unknown): MigratorError {
  const isSecret = /<(secret|url)>/u.test(option.flags);
  const values = isSecret ? '' : `: "${String(before)}" and "${String(value)}"`;
  return new MigratorError('USAGE', `${flagOf(option)} is given twice${values}`, {
    hint: 'it takes one value; give one',
  });
}

export function contradiction(one: string, other: string): MigratorError {
  return new MigratorError('USAGE', `${one} and ${other} contradict each other`, { hint: 'give one of them' });
}

const flagOf = (option: Option): string => option.long ?? option.flags;
