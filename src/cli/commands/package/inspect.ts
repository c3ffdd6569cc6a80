import { Command } from 'commander';
import { act } from '../../command-action.ts';
import type { Context } from '../../context.ts';
import { examples } from '../../flags/examples.ts';

export function inspectCommand(context: Context): Command {
  const command = new Command('inspect')
    .description('show what a package says of itself, at once and without trusting it')
    .argument('<file>', 'the package');
  examples(command, ['migrator package inspect web-shop.tar']);
  return act(
    command,
    context,
    async (_options, _context, args) => {
      const { runInspect } = await import('../../verbs/package-inspect.ts');
      return runInspect(args[0] ?? '', context);
    },
    { config: false },
  );
}
