import type { Consenting, Question } from '../../core/steps/consent.ts';
import { MigratorError } from '../../errors.ts';
import type { Allowed } from '../../ports/runner.ts';

const strength = { terminal: 0, allowance: 1, answer: 2, all: 3 } as const;

/** The stronger of two. */
export const stronger = <A extends Allowed>(one: A, other: A): A => (strength[one] >= strength[other] ? one : other);

/** Whether an agreement covers a question. */
export const covers = (agreed: Allowed, asked: Question['needs']): boolean => strength[agreed] >= strength[asked];

/** An item asks nobody: what it may do was asked before the wave began. */
export function consentOf(allowed: Allowed): Required<Consenting> {
  const requireAnswerable = ({ text, needs }: Question): void => {
    if (covers(allowed, needs)) return;
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
