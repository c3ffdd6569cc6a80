import type { Command, Option } from 'commander';
import { MigratorError } from '../../errors.ts';
import type { Context, FlagSource } from '../context.ts';
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

interface Rehearsable {
  readonly wait: boolean;
  readonly verify?: boolean;
  readonly dryRun?: boolean;
}

/** A flag outranks the environment, and that outranks the rc file. */
const ranks: Readonly<Record<FlagSource['origin'], number>> = { 'command line': 2, environment: 1, 'rc file': 0 };

/**
 * The options of a dry run (`by`: the flag that makes it one). What it takes to the server is removed when its job has
 * ended, so it is waited for, and it changes nothing that could be compared. USAGE when the other is asked for as firmly;
 * a weaker wish, such as a variable, gives way with a notice.
 */
export function ofDryRun<O extends Rehearsable>(by: 'dryRun' | 'preview', options: O, context: Context): O {
  const dry = context.flagSource(by);
  const wishes = [
    {
      name: 'dryRun',
      asked: by === 'preview' && options.dryRun === true,
      flag: '--dry-run',
      why: 'it brings the files to the target, and a dry run brings nothing there',
    },
    {
      name: 'wait',
      asked: !options.wait,
      flag: '--no-wait',
      why: 'it is waited for, because migrator cleans up after it',
    },
    {
      name: 'verify',
      asked: options.verify === true,
      flag: '--verify',
      why: 'it moves nothing that could be compared',
    },
  ];
  for (const { name, asked, flag, why } of wishes) {
    if (!asked) continue;
    const wish = context.flagSource(name);
    const words = wish.origin === 'command line' ? flag : wish.words;
    const what = by === 'preview' ? 'a preview' : 'a dry run';
    if (ranks[wish.origin] >= ranks[dry.origin])
      throw new MigratorError('USAGE', `${dry.words} and ${words} contradict each other`, {
        hint: `leave out one of them; of ${what}: ${why}`,
      });
    context.say('notice', `${words} does not count for ${what}: ${why}`);
  }
  return { ...options, wait: true, ...(options.verify === undefined ? {} : { verify: false }) };
}

const flagOf = (option: Option): string => option.long ?? option.flags;
