import { type Command, Option } from 'commander';
import type { Consenting } from '../../core/steps/consent.ts';
import type { Context } from '../context.ts';
import { confirm } from '../terminal/prompt.ts';
import { waiting } from './waiting.ts';

/** Asks at the terminal, with the progress out of the way; `--yes` is the answer beforehand. */
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

/** For what can destroy something on the target. */
export function withCaution(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--backup <file>',
        'where the target is kept as it was, when the product itself cannot undo',
      ).helpGroup(waiting),
    )
    .addOption(new Option('--no-backup', 'take no backup before something is destroyed').helpGroup(waiting))
    .addOption(new Option('-y, --yes', 'consent beforehand to what would be asked').helpGroup(waiting));
}
