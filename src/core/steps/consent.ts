import { MigratorError } from '../../errors.ts';

/** What operations that can destroy something are given beside their ports. */
export interface Consenting {
  /** Puts a question to the user. USAGE when nobody can answer. */
  readonly consent: (question: string) => Promise<boolean>;
}

/** Asks before something is destroyed; without a question nothing is asked. CANCELLED with `refusal` when the answer is no. */
export async function requireConsent(
  question: string | undefined,
  refusal: string,
  { consent }: Consenting,
): Promise<void> {
  if (question === undefined || (await consent(question))) return;
  throw new MigratorError('CANCELLED', refusal);
}
