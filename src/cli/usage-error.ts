import type { Command, CommanderError } from 'commander';
import { MigratorError } from '../errors.ts';

/** Commander's own complaints become USAGE, so that there is one way out. */
export function usageError({ message, code }: CommanderError, command: Command): MigratorError {
  const path = pathOf(command);
  if (code === 'commander.help') {
    const [word, topic] = command.args;
    if (word === 'help' && topic !== undefined) {
      return new MigratorError('USAGE', `unknown command '${topic}'`, { hint: `see ${path} --help` });
    }
    const names = command.commands.map((child) => child.name());
    return new MigratorError('USAGE', `"${path}" is not complete: a command is missing`, {
      hint: `there are ${names.join(', ')}; see ${path} --help`,
    });
  }
  const [first = '', ...rest] = message.replace(/^error: /u, '').split('\n');
  const suggestion = /Did you mean (.+)\?/u.exec(rest.join(' '))?.[1];
  return new MigratorError('USAGE', first.charAt(0).toLowerCase() + first.slice(1).replace(/\.$/u, ''), {
    hint: suggestion === undefined ? `see ${path} --help` : `did you mean ${suggestion}?`,
  });
}

/** The words that lead to a command: `migrator package list`. */
function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}
