import { MigratorError } from '../../errors.ts';

/** An additional port for operations that can destroy something. */
export interface Consenting {
  /** Asks the user. USAGE when nobody can answer. */
  readonly consent: (question: string) => Promise<boolean>;
}

/**
 * Asks before something is destroyed. Does nothing without a question. CANCELLED with `refusal` when the answer is no.
 */
export async function requireConsent(
  question: string | undefined,
  refusal: string,
  { consent }: Consenting,
): Promise<void> {
  if (question === undefined || (await consent(question))) return;
  throw new MigratorError('CANCELLED', refusal);
}
