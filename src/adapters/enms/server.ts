import { isMigratorError } from '../../errors.ts';
import type { Clock, Random } from '../../ports/runtime.ts';
import type { Account, Way } from './connection.ts';
import type { Type } from './model/types-and-relations.ts';
import type { Rest } from './wire/rest.ts';
import type { WireObject } from './wire/schemas.ts';
import type { Web } from './wire/web.ts';

/**
 * One server as one connection sees it. It has two clients, because each must never send the credentials of the other.
 */
export interface Server {
  readonly rest: Rest;
  readonly web: Web;
  readonly account: Account;
  /** The name of the instance. */
  readonly name: string;
  readonly url: string;
  readonly via: Way;
  /** The time at which this process sent an import, by the folder of the import. */
  readonly sent: Map<string, Date>;
  /** The answers to the imports of this process, by their folders. They are kept on the server too. */
  readonly answers: Map<string, { readonly status: number; readonly words: string }>;
  /** What this process has read and need not read again. */
  readonly seen: {
    /** The account is an administrator: the server has told it its release. */
    admin?: boolean;
    /** Rows that were read after an import had ended. The listing that follows takes them, once. */
    readonly rows: Map<Type, { readonly rows: readonly WireObject[]; readonly at: Date }>;
    /** Objects, as `<type> <name>`, that were as in the package when an import was prepared, by its stamp. */
    readonly equal: Map<string, ReadonlySet<string>>;
  };
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * Changes to the password in the imported package when the server no longer takes the old one. An import that failed
 * early has not replaced it, and an import whose answer was lost may replace it later.
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
