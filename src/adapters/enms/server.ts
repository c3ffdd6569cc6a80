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
