import { Argument, Command, Option } from 'commander';
import { act } from '../command-action.ts';
import type { Context } from '../context.ts';
import { examples } from '../flags/examples.ts';

export interface CompletionOptions {
  readonly instances?: boolean;
}

export function completionCommand(context: Context): Command {
  const command = new Command('completion')
    .addArgument(new Argument('[shell]', 'the shell').choices(['bash', 'zsh', 'fish', 'powershell']))
    .addOption(new Option('--instances', 'print the names of the instances, for the scripts').hideHelp());
  examples(command, ['migrator completion bash > ~/.local/share/bash-completion/completions/migrator']);
  return act<CompletionOptions>(
    command,
    context,
    async (options, _context, args) => {
      const { runCompletion } = await import('../verbs/completion.ts');
      return runCompletion(args[0], options, context);
    },
    { config: false },
  );
}
