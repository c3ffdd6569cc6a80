import { isMigratorError, MigratorError } from '../../errors.ts';
import { plural } from '../../plural.ts';
import type { Consent, PlanItem } from '../../ports/plan.ts';

/**
 * What a question needs: `answer`, from somebody or by `--yes`; `allowance`, where a flag or a rule of the user's does as
 * well; `terminal`, when such a flag or rule is given, so that it is asked only where somebody sits.
 */
export interface Question {
  readonly text: string;
  readonly needs: 'answer' | 'allowance' | 'terminal';
}

/** An additional port for operations that can destroy something. */
export interface Consenting {
  /** Asks the user. USAGE when the question needs an answer that nobody can give. */
  readonly consent: (question: Question) => Promise<boolean>;
  /** USAGE when `consent` would fail with it. Asks nothing. */
  readonly requireAnswerable?: (question: Question) => void;
}

/** Asks before something is destroyed. Does nothing without a question. CANCELLED with `refusal` when the answer is no. */
export async function requireConsent(
  question: Question | undefined,
  refusal: string,
  { consent }: Consenting,
): Promise<void> {
  if (question === undefined || (await consent(question))) return;
  throw new MigratorError('CANCELLED', refusal, { details: { refused: true } });
}

/** Whether somebody, or --yes, can answer. */
export function canAnswer(requireAnswerable: NonNullable<Consenting['requireAnswerable']>): boolean {
  try {
    requireAnswerable(mustAnswer(''));
    return true;
  } catch (error) {
    if (!isMigratorError(error, 'USAGE')) throw error;
    return false;
  }
}

/** A question that always needs an answer. */
export function mustAnswer(text: string): Question {
  return { text, needs: 'answer' };
}

interface Change {
  readonly target: string;
  /** Undefined when nobody can tell what the target has of it. */
  readonly plan: readonly PlanItem[] | undefined;
  readonly consent: string | Consent | undefined;
  /** False: the plan is by the names of projects, and other things may come along with them. Default: true. */
  readonly whole?: boolean;
  /** Whether the product's overwrite option is given. */
  readonly overwrites: boolean;
}

/**
 * The question before a target is changed, for all products: whatever is overwritten or deleted, with counts, and what the
 * adapter asks besides. Undefined when there is nothing to ask.
 */
export function questionBefore({ target, plan, consent, overwrites, whole = true }: Change): Question | undefined {
  const overwritten = plan?.filter(({ action }) => action === 'overwrite') ?? [];
  const deleted = plan?.filter(({ action }) => action === 'delete') ?? [];
  const besides = typeof consent === 'string' ? { question: consent, allowed: undefined } : consent;
  const unseen = plan === undefined && besides === undefined && overwrites;
  const parts = [
    ...(overwritten.length > 0
      ? [`overwrite ${counted(overwritten)}${whole ? '' : ', with whatever they share,'}`]
      : []),
    ...(deleted.length > 0 ? [`delete ${counted(deleted)}`] : []),
    ...(unseen ? ['overwrite whatever is there already'] : []),
  ];
  if (parts.length === 0 && besides === undefined) return undefined;
  const own = parts.length === 0 ? undefined : `${parts.join(' and ')} on ${target}`;
  const needsAnswer = deleted.length > 0 || (besides !== undefined && besides.allowed === undefined);
  const isAllowed = overwritten.every(({ asked }) => asked === true) && besides?.allowed !== false;
  return {
    text: besides === undefined ? `${own}?` : own === undefined ? besides.question : `${own}; ${besides.question}`,
    needs: needsAnswer ? 'answer' : isAllowed ? 'terminal' : 'allowance',
  };
}

/** `2 devices, 1 link`. */
export function counted(items: readonly { readonly kind: string }[]): string {
  const counts = new Map<string, number>();
  for (const { kind } of items) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => plural(count, kind.replaceAll('_', ' '))).join(', ');
}
