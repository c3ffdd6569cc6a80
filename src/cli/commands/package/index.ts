import { Command } from 'commander';
import type { Context } from '../../context.ts';
import { deleteCommand } from './delete.ts';
import { downloadCommand } from './download.ts';
import { inspectCommand } from './inspect.ts';
import { listCommand } from './list.ts';
import { openCommand } from './open.ts';
import { sealCommand } from './seal.ts';
import { uploadCommand } from './upload.ts';
import { verifyCommand } from './verify.ts';

export function packageCommand(context: Context): Command {
  const command = new Command('package');
  for (const create of [
    listCommand,
    uploadCommand,
    downloadCommand,
    deleteCommand,
    inspectCommand,
    verifyCommand,
    sealCommand,
    openCommand,
  ]) {
    command.addCommand(create(context));
  }
  return command;
}
