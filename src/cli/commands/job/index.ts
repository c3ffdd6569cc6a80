import { Command } from 'commander';
import type { Context } from '../../context.ts';
import { cancelCommand } from './cancel.ts';
import { listCommand } from './list.ts';
import { logCommand } from './log.ts';
import { showCommand } from './show.ts';
import { waitCommand } from './wait.ts';

export function jobCommand(context: Context): Command {
  const command = new Command('job');
  for (const create of [listCommand, showCommand, waitCommand, logCommand, cancelCommand]) {
    command.addCommand(create(context));
  }
  return command;
}
