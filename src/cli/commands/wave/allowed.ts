import type { Consenting, Question } from '../../../core/steps/consent.ts';
import { MigratorError } from '../../../errors.ts';
import type { Allowed } from '../../../ports/runner.ts';
import { covers } from './foresee-all.ts';

/** An item asks nobody: what it may do was asked before the wave began. */
export function consentOf(allowed: Allowed): Required<Consenting> {
  const requireAnswerable = ({ text, needs }: Question): void => {
    if (allowed === 'all' || covers(allowed, needs)) return;
    throw new MigratorError('USAGE', `"${text}" was not asked before the wave began`, {
      hint: 'run this item with --yes, or by itself with migrate-project',
    });
  };
  return {
    requireAnswerable,
    consent: (question) =>
      Promise.resolve().then(() => {
        requireAnswerable(question);
        return true;
      }),
  };
}
