import type { Command } from 'commander';
import { MigratorError } from '../../../errors.ts';
import type { Entry, Invocation, Run } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { plainText } from '../../../plain-text.ts';
import type { CompletionOptions } from './flags.ts';
import { namesFor } from './names.ts';
import { completionScript, type Shell } from './script.ts';
import { nameKinds, type CommandTree, type Completes } from './tree.ts';

export function runCompletion(table: readonly Entry[]): Run<CompletionOptions> {
  return async ({ args: [shell], options }: Invocation<CompletionOptions>, context: Context) => {
    const wanted = options.instances === true ? 'instance' : options.names;
    if (wanted !== undefined) {
      const kind = nameKinds.find((one) => one === wanted);
      if (kind === undefined)
        throw new MigratorError('USAGE', `--names does not know "${wanted}"`, {
          hint: `it knows ${nameKinds.join(', ')}`,
        });
      for (const name of await namesFor(kind, table, context)) context.io.stdout.write(`${plainText(name)}\n`);
      return undefined;
    }
    if (shell === undefined)
      throw new MigratorError('USAGE', 'the name of the shell is missing', {
        hint: 'give one: migrator completion bash, zsh, fish or powershell',
      });
    const script = completionScript(shell as Shell, treeOf(await context.commandTree()));
    context.result('completion', { shell, script }, script.trimEnd());
    return undefined;
  };
}

function treeOf(command: Command): CommandTree {
  return {
    name: command.name(),
    description: command.description(),
    options: command.options
      .filter((option) => !option.hidden && option.long !== undefined)
      .map((option) => ({
        flag: option.long ?? '',
        short: option.short,
        description: option.description,
        takesValue: option.required || option.optional,
        choices: option.argChoices,
        completes: completes(option.flags),
      })),
    commands: command.commands.map((child) => treeOf(child)),
    arguments: command.registeredArguments.map((argument) => ({
      name: argument.name(),
      description: argument.description,
      choices: argument.argChoices,
      completes: completes(`<${argument.name()}>`),
      many: argument.variadic,
    })),
  };
}

/** What a value is, from its name in angle brackets. */
function completes(flags: string): Completes | undefined {
  const kinds: readonly [string, Completes][] = [
    ['--project', 'project'],
    ['<project>', 'project'],
    ['<handle', 'handle'],
    ['<kind>', 'kind'],
    ['<product>', 'product'],
    ['<schema>', 'schema'],
    ['<words>', 'page'],
    ['<instance', 'instance'],
    ['<file', 'file'],
    ['<package>', 'file'],
    ['<path>', 'file'],
    ['<folder', 'folder'],
  ];
  return kinds.find(([name]) => flags.startsWith(name) || flags.includes(` ${name}`))?.[1];
}
