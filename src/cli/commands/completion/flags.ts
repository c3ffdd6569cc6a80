import { Argument, type Command, Option } from 'commander';
import { examples } from '../../flags/examples.ts';

export interface CompletionOptions {
  readonly instances?: boolean;
}

export function completionFlags(command: Command): void {
  command
    .addArgument(new Argument('[shell]', 'the shell').choices(['bash', 'zsh', 'fish', 'powershell']))
    .addOption(new Option('--instances', 'print the names of the instances, for the scripts').hideHelp());
  examples(command, ['migrator completion bash > ~/.local/share/bash-completion/completions/migrator']);
}
