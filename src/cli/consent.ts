import type { Consenting } from '../core/consent.ts';
import type { CautionOptions } from './commands/options.ts';
import type { Context } from './context.ts';
import { confirm } from './secrets/prompt.ts';

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
