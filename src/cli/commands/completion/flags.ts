import { Argument, type Command, Option } from 'commander';
import { examples } from '../../flags/examples.ts';

export interface CompletionOptions {
  readonly instances?: boolean;
  readonly names?: string;
  readonly typed?: string;
}

export function completionFlags(command: Command): void {
  command
    .addArgument(new Argument('[shell]', 'the shell').choices(['bash', 'zsh', 'fish', 'powershell']))
    .addOption(new Option('--names <kind>', 'print names, for the completion scripts').hideHelp())
    .addOption(new Option('--typed <words>', 'the words before the cursor, for --names').hideHelp())
    .addOption(new Option('--instances', 'what scripts of earlier releases call').hideHelp());
  examples(command, ['migrator completion bash > ~/.migrator-completion.bash']);
}
