import { MigratorError } from '../errors.ts';

/** Which check refused a package: `details.check` of every PACKAGE_* error. The order is that of verification. */
export type Check =
  | 'container'
  | 'signature'
  | 'signer'
  | 'sums'
  | 'manifest'
  | 'limit'
  | 'age header'
  | 'key'
  | 'chunk'
  | 'compression'
  | 'payload'
  | 'path'
  | 'digest';

interface More {
  readonly hint?: string;
  readonly cause?: unknown;
  readonly details?: Readonly<Record<string, unknown>>;
}

function refusal(code: 'PACKAGE_MALFORMED' | 'PACKAGE_UNTRUSTED' | 'PACKAGE_LOCKED') {
  return (check: Check, message: string, more: More = {}): MigratorError =>
    new MigratorError(code, message, { ...more, details: { ...more.details, check } });
}

/** It is not what the format says it must be: damaged, cut short, tampered with, or made by something newer. */
export const malformed = refusal('PACKAGE_MALFORMED');
/** It is well-formed, and nobody we trust stands for it. */
export const untrusted = refusal('PACKAGE_UNTRUSTED');
/** It is trusted, and the keys at hand do not open it. */
export const locked = refusal('PACKAGE_LOCKED');

export function newerFormat(found: string, known: string): MigratorError {
  return malformed('manifest', `the package has format "${found}", and this migrator reads "${known}"`, {
    hint: 'open it with the version of migrator that made it, or a newer one',
    details: { format: found },
  });
}
