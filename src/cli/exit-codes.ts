import type { ErrorCode, MigratorError } from '../errors.ts';

/**
 * Public: scripts depend on these codes, so they never change. New ones may be added. docs/topics/exit-codes.md lists them too.
 */
export const exitCodes = {
  done: 0,
  bug: 1,
  usage: 2,
  partial: 3,
  refused: 4,
  remote: 5,
  package: 6,
  conflict: 7,
  jobFailed: 8,
  stillRunning: 9,
  localIo: 10,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

const byError: Record<ErrorCode, ExitCode> = {
  USAGE: exitCodes.usage,
  CONFIG_INVALID: exitCodes.usage,
  CONFIG_UNTRUSTED: exitCodes.usage,
  NOT_FOUND: exitCodes.usage,
  UNSUPPORTED: exitCodes.usage,
  AUTH_REFUSED: exitCodes.refused,
  REMOTE_UNREACHABLE: exitCodes.remote,
  REMOTE_UNEXPECTED: exitCodes.remote,
  PACKAGE_MALFORMED: exitCodes.package,
  PACKAGE_UNTRUSTED: exitCodes.package,
  PACKAGE_LOCKED: exitCodes.package,
  CONFLICT: exitCodes.conflict,
  JOB_FAILED: exitCodes.jobFailed,
  STILL_RUNNING: exitCodes.stillRunning,
  LOCAL_IO: exitCodes.localIo,
  CANCELLED: exitCodes.interrupted,
};

export function exitCodeOf(code: ErrorCode): ExitCode {
  return byError[code];
}

/**
 * The same for an error. A server that refuses the request itself refuses it again, a certificate stays what it is, an
 * answer too long stays too long, and only an administrator gives a server what it lacks: no script should repeat that.
 */
export function exitCodeOfError({ code, details }: Pick<MigratorError, 'code' | 'details'>): ExitCode {
  const { status, hopeless } = details;
  if ((byError[code] === exitCodes.remote || code === 'UNSUPPORTED') && hopeless === true) return exitCodes.refused;
  const isRefusal = typeof status === 'number' && status >= 400 && status < 500 && !passing.includes(status);
  return code === 'REMOTE_UNEXPECTED' && isRefusal ? exitCodes.refused : byError[code];
}

/** Statuses that say: later. */
const passing: readonly number[] = [408, 425, 429];

export function exitCodeOfOutcome(outcome: string): ExitCode {
  return outcome === 'partial' ? exitCodes.partial : exitCodes.done;
}
