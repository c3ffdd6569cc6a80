import { type Command, Option } from 'commander';
import type { Consenting, Question } from '../../core/steps/consent.ts';
import type { Context } from '../context.ts';
import { MigratorError } from '../../errors.ts';
import { plainText } from '../../plain-text.ts';
import { confirm } from '../terminal/prompt.ts';
import { waiting } from './waiting.ts';

/**
 * Asks on the terminal while the progress display is paused. With `--yes`, the answer is yes and nothing is asked.
 * `allowance` names the flag that allows overwriting.
 */
export function consenting(
  { yes = false }: Pick<CautionOptions, 'yes'>,
  context: Pick<Context, 'io' | 'signal' | 'pauseReporter'>,
  allowance?: string,
): Required<Consenting> {
  const { io, signal } = context;
  const hasTerminal = io.stdinIsTTY && io.stderrIsTTY;
  const requireAnswerable = ({ text, needs }: Question): void => {
    if (yes || hasTerminal || needs === 'terminal') return;
    throw new MigratorError('USAGE', `"${plainText(text)}" needs an answer, but there is no terminal`, {
      hint:
        needs === 'allowance' && allowance !== undefined
          ? `allow overwriting with ${allowance}, or add --yes to answer yes`
          : 'add --yes to answer yes',
    });
  };
  return {
    requireAnswerable,
    consent: async (question) => {
      requireAnswerable(question);
      if (yes || !hasTerminal) return true;
      const resume = context.pauseReporter();
      try {
        return await confirm(io, question.text, { signal });
      } finally {
        resume();
      }
    },
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
