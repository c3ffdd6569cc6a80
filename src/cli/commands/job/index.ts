import { Command } from 'commander';
import type { Context } from '../../context.ts';
import { cancelCommand } from './cancel.ts';
import { approveCommand, rejectCommand, undoCommand } from './decide.ts';
import { listCommand } from './list.ts';
import { logCommand } from './log.ts';
import { showCommand } from './show.ts';
import { waitCommand } from './wait.ts';

export function jobCommand(context: Context): Command {
  const command = new Command('job');
  const creators = [
    listCommand,
    showCommand,
    waitCommand,
    logCommand,
    cancelCommand,
    approveCommand,
    rejectCommand,
    undoCommand,
  ];
  for (const create of creators) {
    command.addCommand(create(context));
  }
  return command;
}
