/** The closed list of reasons a run can stop for. docs/errors.md has a heading for each. */
export const errorCodes = [
  'USAGE',
  'CONFIG_INVALID',
  'CONFIG_UNTRUSTED',
  'NOT_FOUND',
  'UNSUPPORTED',
  'AUTH_REFUSED',
  'REMOTE_UNREACHABLE',
  'REMOTE_UNEXPECTED',
  'PACKAGE_MALFORMED',
  'PACKAGE_UNTRUSTED',
  'PACKAGE_LOCKED',
  'CONFLICT',
  'JOB_FAILED',
  'STILL_RUNNING',
  'LOCAL_IO',
  'CANCELLED',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

export interface MigratorErrorInit {
  /** One imperative sentence: what to do next. */
  readonly hint?: string | undefined;
  /** Facts for `--json`, plain data, no secrets. */
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  readonly cause?: unknown;
}

/**
 * The only error migrator throws on purpose. Callers branch on `code`; anything that is not a MigratorError is a bug.
 * The message names the thing that failed, in lower case and without a full stop.
 */
export class MigratorError extends Error {
  override readonly name = 'MigratorError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, init: MigratorErrorInit = {}) {
    super(message, init.cause === undefined ? {} : { cause: init.cause });
    this.code = code;
    this.hint = init.hint;
    this.details = init.details ?? {};
  }
}

/** Looks at name and code and not at the class: a third-party adapter may have its own copy of this file. */
export function isMigratorError(error: unknown, ...codes: readonly ErrorCode[]): error is MigratorError {
  if (!(error instanceof Error) || error.name !== 'MigratorError') return false;
  if (!('code' in error) || !('details' in error)) return false;
  return (codes.length === 0 ? errorCodes : codes).some((known) => known === error.code);
}

/**
 * One error of several that were found together, so that people can repair all of it in one go. It has the code of the
 * first. Undefined without any.
 */
export function together([first, ...others]: readonly MigratorError[]): MigratorError | undefined {
  if (first === undefined || others.length === 0) return first;
  const all = [first, ...others];
  const hints = [...new Set(all.map(({ hint }) => hint).filter((hint) => hint !== undefined))];
  return new MigratorError(first.code, all.map(({ message }) => message).join('; besides, '), {
    hint: hints.length === 0 ? undefined : hints.join('; '),
    details: Object.assign({}, ...all.toReversed().map(({ details }) => details)) as Record<string, unknown>,
    cause: first,
  });
}
