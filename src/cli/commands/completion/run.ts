import type { Command } from 'commander';
import { isMigratorError, MigratorError } from '../../../errors.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import type { CompletionOptions } from './flags.ts';
import { completionScript, type Shell } from './script.ts';
import type { CommandTree, Completes } from './tree.ts';

export async function runCompletion({ args: [shell], options }: Invocation<CompletionOptions>, context: Context) {
  if (options.instances === true) {
    for (const name of await instanceNames(context)) context.io.stdout.write(`${name}\n`);
    return undefined;
  }
  if (shell === undefined)
    throw new MigratorError('USAGE', 'which shell?', { hint: 'migrator completion bash, zsh, fish or powershell' });
  const script = completionScript(shell as Shell, treeOf(await context.commandTree()));
  context.result('completion', { shell, script }, script.trimEnd());
  return undefined;
}

/** A broken rc file must not disturb somebody who presses Tab. */
async function instanceNames(context: Context): Promise<readonly string[]> {
  try {
    return Object.keys((await context.config()).instances);
  } catch (error) {
    if (isMigratorError(error, 'CONFIG_INVALID')) return [];
    throw error;
  }
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

/** The value's name in angle brackets says what it is. */
function completes(flags: string): Completes | undefined {
  const kinds: readonly [string, Completes][] = [
    ['<instance', 'instance'],
    ['<file', 'file'],
    ['<package>', 'file'],
    ['<path>', 'file'],
    ['<folder', 'folder'],
  ];
  return kinds.find(([name]) => flags.includes(name))?.[1];
}
