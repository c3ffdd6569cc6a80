import { isMigratorError } from '../../errors.ts';
import type { Clock, Random } from '../../ports/runtime.ts';
import { isForbidden } from '../shared/answers.ts';
import type { Account, Way } from './connection.ts';
import type { Type } from './model/types-and-relations.ts';
import type { Rest } from './wire/rest.ts';
import type { ServerRow, WireObject } from './wire/schemas.ts';
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
    /** Whether the account is an administrator. The server tells only administrators its release. */
    admin?: boolean;
    /** An import has replaced the account's password, and the new one that was given is used. */
    passwordReplaced?: boolean;
    /** The servers as the probe found them. */
    servers?: readonly ServerRow[];
    /** Rows that were read after an import had ended. The listing that follows takes them, once. */
    readonly rows: Map<Type, { readonly rows: readonly WireObject[]; readonly at: Date }>;
    /** Objects, as `<type> <name>`, that were as in the package when an import was prepared, by its stamp. */
    readonly equal: Map<string, ReadonlySet<string>>;
  };
  /** Tells how far long work has come, at most once in ten seconds. */
  readonly progress: (text: string) => void;
  readonly clock: Clock;
  readonly random: Random;
}

const betweenLinesMs = 10_000;

/** Passes on a line when none was passed on for a while, so that short work is silent. */
export function everyTenSeconds({ now }: Pick<Clock, 'now'>, notice: (text: string) => void): (text: string) => void {
  let last: number | undefined;
  return (text) => {
    const time = now().getTime();
    if (last !== undefined && time - last >= betweenLinesMs) notice(text);
    if (last === undefined || time - last >= betweenLinesMs) last = time;
  };
}

/**
 * Changes to the password in the imported package when the server no longer takes the old one. An import that failed
 * early has not replaced it, and an import whose answer was lost may replace it later.
 */
export async function takeUpPassword({ rest, account, seen }: Server, signal: AbortSignal): Promise<void> {
  if (!account.expects()) return;
  try {
    await rest.version(signal);
  } catch (error) {
    if (!isMigratorError(error, 'AUTH_REFUSED') || error.details['status'] !== 401) throw error;
    account.takeExpected();
    seen.passwordReplaced = true;
  }
}

/** Whether the account is an administrator. To others the server hides objects, and does not say so. */
export async function isAdministrator({ rest, seen }: Server, signal: AbortSignal): Promise<boolean> {
  if (seen.admin !== undefined) return seen.admin;
  try {
    await rest.version(signal);
    seen.admin = true;
  } catch (error) {
    if (!isForbidden(error)) throw error;
    seen.admin = false;
  }
  return seen.admin;
}

export function seesLess(username: string): string {
  return `${username} is not an administrator: it sees only what it owns and what its groups may read, and migrations are refused`;
}

/** What a server says of itself that will make it fail when a task is deleted; undefined when nothing is wrong. */
export function brokenScheduler({ seen }: Server): string | undefined {
  const address = seen.servers?.find(
    ({ scheduler_address: it }) => typeof it === 'string' && it !== '',
  )?.scheduler_address;
  if (typeof address !== 'string' || /^https?:\/\//i.test(address)) return undefined;
  return `the address of its scheduler, ${address}, does not begin with http://: eNMS fails with 500 when it deletes a task, also half-way through an emptying (its variable SCHEDULER_ADDR)`;
}

/** Tells the starts of a server apart; undefined when it does not tell when it was started. */
export function startsOf(servers: readonly ServerRow[] | undefined): string | undefined {
  const starts = (servers ?? []).flatMap(({ last_restart: at }) => (typeof at === 'string' && at !== '' ? [at] : []));
  return starts.length === 0 ? undefined : starts.toSorted().join(' ');
}
