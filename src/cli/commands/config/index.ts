import { Command } from 'commander';
import { act } from '../../command-action.ts';
import type { Context } from '../../context.ts';
import { examples } from '../../flags/examples.ts';

export function configCommand(context: Context): Command {
  return new Command('config')
    .addCommand(showCommand(context))
    .addCommand(checkCommand(context))
    .addCommand(schemaCommand(context));
}

function showCommand(context: Context): Command {
  const command = new Command('show').description('print each value with where it comes from, secrets masked');
  examples(command, ['migrator config show']);
  return act(command, context, async () => {
    const { runConfigShow } = await import('../../verbs/config.ts');
    return runConfigShow(context);
  });
}

function checkCommand(context: Context): Command {
  const command = new Command('check').description(
    'check the rc file: keys, types, references, adapters; opens no connection',
  );
  examples(command, ['migrator config check']);
  return act(command, context, async () => {
    const { runConfigCheck } = await import('../../verbs/config.ts');
    return runConfigCheck(context);
  });
}

function schemaCommand(context: Context): Command {
  const command = new Command('schema')
    .description('print a JSON Schema: of the rc file, the package manifest, or a --json document')
    .argument('[name]', 'config, manifest, progress, or a document\'s name; "list" prints the names', 'config');
  examples(command, ['migrator config schema', 'migrator config schema list', 'migrator config schema import']);
  return act(
    command,
    context,
    async (_options, _context, args) => {
      const { runConfigSchema } = await import('../../verbs/schema.ts');
      return runConfigSchema(args[0] ?? 'config', context);
    },
    { config: false },
  );
}
