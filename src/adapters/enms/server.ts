import { isMigratorError } from '../../errors.ts';
import type { Clock, Random } from '../../ports/runtime.ts';
import type { Account, Way } from './connection.ts';
import type { Rest } from './wire/rest.ts';
import type { Web } from './wire/web.ts';

/** One server as one connection sees it: two clients, because their credentials must never meet. */
export interface Server {
  readonly rest: Rest;
  readonly web: Web;
  readonly account: Account;
  /** What the user calls it. */
  readonly name: string;
  readonly url: string;
  readonly via: Way;
  /** When this process sent an import, by its folder. */
  readonly sent: Map<string, Date>;
  /** What imports of this process were answered, by folder; kept on the server too. */
  readonly answers: Map<string, { readonly status: number; readonly words: string }>;
  readonly clock: Clock;
  readonly random: Random;
}

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
