import { humanDuration } from '../amounts.ts';
import { MigratorError } from '../errors.ts';

/** The process that does a work. */
export interface WorkOwner {
  readonly pid: number;
  readonly host: string;
  /** ISO 8601. */
  readonly since: string;
}

/** What a held ledger says in both cases. */
export const ledgerHints = {
  busy: 'wait until that process ends, or stop it',
  takenOver: 'this one has stopped; see what the other one does',
} as const;

/** CONFLICT: another process does this work now. `what` names it: `the same import`. */
export function alreadyRunning(
  what: string,
  { pid, host, since }: WorkOwner,
  now: Date,
  { hint, details = {} }: { readonly hint: string; readonly details?: Readonly<Record<string, unknown>> },
): MigratorError {
  const age = humanDuration(Math.max(0, now.getTime() - Date.parse(since)));
  return new MigratorError('CONFLICT', `${what} is already running in process ${String(pid)} on ${host}, for ${age}`, {
    hint,
    details: { pid, host, since, ...details },
  });
}

/** CONFLICT: this process gave no sign of life for long, and another one does its work now. */
export function takenOver(what: string, hint: string): MigratorError {
  return new MigratorError('CONFLICT', `another process has taken over ${what}`, { hint });
}
