import { Command, Option } from 'commander';
import { isProduct } from '../../adapters/index.ts';
import { MigratorError } from '../../errors.ts';
import type { OptionSpec, ProductOptions, Verb } from '../../ports/options.ts';
import { withGlobals } from './globals.ts';
import { ListOption } from './list-flag.ts';

export type Products = readonly ProductOptions[];

/**
 * Adds the flags of the products. The help groups them by product. A flag of two products is shown with the first one,
 * and says what it means for each.
 */
export function withProductOptions(command: Command, verb: Verb, table: readonly ProductOptions[]): Command {
  const own = new Set(command.options.map((option) => option.long));
  const others = withGlobals(new Command()).options.map((option) => option.long);
  const reserved = new Set([...own, ...others, '--help', '--set']);
  const seen = new Set(own);
  for (const { product, title, options } of table) {
    for (const spec of options) {
      const long = `--${spec.name}`;
      if (!spec.verbs.includes(verb)) continue;
      if (!isProduct(product) && reserved.has(long)) throw taken(spec, product);
      if (seen.has(long)) continue;
      seen.add(long);
      const elsewhere = table
        .filter(({ title: other }) => other !== title)
        .flatMap((product) => meaningIn(product, spec, verb));
      const description = [spec.description, ...elsewhere].join('; ');
      const choices = choicesIn(table, spec, verb);
      const whole = { ...spec, description, ...(choices === undefined ? {} : { choices }) };
      command.addOption(optionOf(whole).helpGroup(`${title} options:`));
    }
  }
  command.addOption(
    new ListOption('--set <name=value>', 'an option of an adapter that declares no flags (repeatable)').helpGroup(
      'Other adapters:',
    ),
  );
  return command;
}

function taken({ name }: OptionSpec, product: string): MigratorError {
  return new MigratorError(
    'CONFIG_INVALID',
    `the adapter of ${product} declares --${name}, a flag of migrator itself`,
    {
      hint: `give the option another name, such as ${product}-${name}`,
    },
  );
}

/** All that a flag of several products takes. `productFlags` then refuses what another product takes. */
function choicesIn(
  table: readonly ProductOptions[],
  { name, choices }: OptionSpec,
  verb: Verb,
): readonly string[] | undefined {
  if (choices === undefined) return undefined;
  const same = table.flatMap(({ options }) => options.filter((one) => one.name === name && one.verbs.includes(verb)));
  return [...new Set(same.flatMap((one) => one.choices ?? []))];
}

/** What the flag means for another product, where that is something else. */
function meaningIn(
  { title, options }: ProductOptions,
  { name, description }: OptionSpec,
  verb: Verb,
): readonly string[] {
  return options
    .filter((other) => other.name === name && other.verbs.includes(verb) && other.description !== description)
    .map((other) => `${title}: ${other.description}`);
}

function optionOf({ name, value, description, many, choices }: OptionSpec): Option {
  const flags = value === undefined ? `--${name}` : `--${name} <${value}>`;
  if (many === true) return new ListOption(flags, description, choices);
  const option = new Option(flags, description);
  // Commander must not treat a product's `no-…` switch as the negation of another switch.
  option.negate = false;
  return choices === undefined ? option : option.choices(choices);
}
