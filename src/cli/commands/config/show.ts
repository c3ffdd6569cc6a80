import type { Invocation } from '../../build-command.ts';
import { describeConfig } from '../../config/describe.ts';
import type { Context } from '../../context.ts';
import { adapterModulesOf } from '../../servers/adapter-modules.ts';
import { lines, table } from '../../terminal/table.ts';
import { secretSettings } from './check.ts';
import { secretFlags } from '../../flags/product-values.ts';

export async function runConfigShow(_: Invocation, context: Context) {
  const config = await context.config();
  const values = describeConfig(config, {
    secretSettings: await secretSettings(config, await adapterModulesOf(config)),
    secretFlags: secretFlags(await context.productOptions()),
    env: context.io.env,
  });
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
