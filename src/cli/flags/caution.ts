import { type Command, Option } from 'commander';
import type { Consenting } from '../../core/steps/consent.ts';
import type { Context } from '../context.ts';
import { confirm } from '../terminal/prompt.ts';
import { waiting } from './waiting.ts';

/** Asks on the terminal while the progress display is paused. With `--yes`, the answer is yes and nothing is asked. */
export function consentOf({ yes = false }: Pick<CautionOptions, 'yes'>, context: Context): Consenting['consent'] {
  return async (question) => {
    const resume = context.pauseReporter();
    try {
      return await confirm(context.io, question, { yes, signal: context.signal });
    } finally {
      resume();
    }
  };
}

export interface CautionOptions {
  /** A file, or false for --no-backup. */
  readonly backup?: string | boolean;
  readonly yes?: boolean;
}

/** Flags of commands that can destroy something on the target. */
export function withCaution(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--backup <file>',
        'the file for a backup of the target, taken when the product cannot undo the import',
      ).helpGroup(waiting),
    )
    .addOption(new Option('--no-backup', 'take no backup before the import destroys something').helpGroup(waiting))
    .addOption(new Option('-y, --yes', 'answer yes to all questions').helpGroup(waiting));
}
