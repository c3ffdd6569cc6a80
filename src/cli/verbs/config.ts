import type { Command } from 'commander';
import { adapterModules, isProduct, products } from '../../adapters/index.ts';
import { describeConfig } from '../config/describe.ts';
import { configWarnings } from '../config/warnings.ts';
import type { Config } from '../config/config.ts';
import { nearest } from '../config/nearest.ts';
import type { Context } from '../context.ts';
import { createProgram } from '../program.ts';
import { lines, table } from '../render.ts';

export async function runConfigShow(context: Context) {
  const config = await context.config();
  const values = describeConfig(config, { secretSettings: await secretSettings(config) });
  context.result(
    'config-show',
    { file: config.file ?? null, values },
    lines(
      `rc file: ${config.file ?? 'none'}`,
      values.length === 0
        ? undefined
        : table(
            ['key', 'value', 'from'],
            values.map(({ path, value, origin }) => [path, String(value), origin]),
          ),
    ),
  );
  return undefined;
}

export async function runConfigCheck(context: Context) {
  const config = await context.config();
  // Opening an instance would connect; making its adapter is enough to check its settings.
  const warnings = [
    ...(await unknownDefaults(config, context)),
    ...configWarnings(config, { secretSettings: await secretSettings(config), products }),
  ];
  const names = Object.keys(config.instances);
  context.result(
    'config-check',
    { file: config.file ?? null, instances: names, warnings },
    lines(
      config.file === undefined
        ? 'no rc file found; write one with: migrator init'
        : `${config.file} is valid: ${names.length} instances${names.length > 0 ? ` (${names.join(', ')})` : ''}`,
      ...warnings.map((warning) => `warning: ${warning}`),
    ),
  );
  return undefined;
}

/** `defaults` may name any flag of any command, and nothing else. */
async function unknownDefaults({ defaults }: Config, context: Context): Promise<readonly string[]> {
  const names = flagNames(await createProgram(context));
  return Object.keys(defaults)
    .filter((name) => !names.includes(name))
    .map((name) => {
      const near = nearest(name, names);
      return `defaults.${name} is the name of no flag${near === undefined ? '' : `; did you mean ${near}?`}`;
    });
}

function flagNames(command: Command): readonly string[] {
  return [
    ...command.options.map((option) => option.attributeName()),
    ...command.commands.flatMap((child) => flagNames(child)),
  ];
}

async function secretSettings(config: Config): Promise<(product: string) => readonly string[]> {
  const products = [...new Set(Object.values(config.instances).map((instance) => instance.product))];
  const known = await Promise.all(
    products.map(async (product): Promise<[string, readonly string[]]> => [
      product,
      isProduct(product) ? (await adapterModules[product]()).secretSettings : [],
    ]),
  );
  const table = new Map(known);
  return (product) => table.get(product) ?? [];
}
