import { MigratorError } from '../../errors.ts';

/** What operations that can destroy something are given beside their ports. */
export interface Consenting {
  /** Puts a question to the user. USAGE when nobody can answer. */
  readonly consent: (question: string) => Promise<boolean>;
}

/** Asks before something is destroyed. CANCELLED when the answer is no; nothing was started then. */
export async function requireConsent(
  question: string | undefined,
  what: string,
  { consent }: Consenting,
): Promise<void> {
  if (question === undefined || (await consent(question))) return;
  throw new MigratorError('CANCELLED', `${what} was not started`);
}
