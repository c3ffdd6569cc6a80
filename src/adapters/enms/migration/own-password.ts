import { isMigratorError } from '../../../errors.ts';
import type { Server } from '../server.ts';

/**
 * Goes over to the password that an import brings, once the server no longer takes the old one: an import that failed
 * early has not replaced it, and one whose answer got lost may replace it later.
 */
export async function takeUpPassword({ rest, account }: Server, signal: AbortSignal): Promise<void> {
  if (!account.expects()) return;
  try {
    await rest.version(signal);
  } catch (error) {
    if (!isMigratorError(error, 'AUTH_REFUSED') || error.details['status'] !== 401) throw error;
    account.takeExpected();
  }
}
