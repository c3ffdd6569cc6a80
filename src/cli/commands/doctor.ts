import { Command } from 'commander';
import { act } from '../command-action.ts';
import type { Context } from '../context.ts';
import { examples } from '../flags/examples.ts';

export function doctorCommand(context: Context): Command {
  const command = new Command('doctor').argument('[instance...]', 'instances (default: all in the rc file)');
  examples(command, ['migrator doctor', 'migrator doctor lab prod']);
  return act(command, context, async (_options, _context, args) => {
    const { runDoctor } = await import('../verbs/doctor.ts');
    return runDoctor(args, context);
  });
}
