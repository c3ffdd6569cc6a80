import { MigratorError } from '../errors.ts';
import { formatNames } from './format.ts';

/** The check that refused a package: `details.check` of every PACKAGE_* error. Verification runs them in this order. */
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

/** The package does not follow the format: damaged, cut short, tampered with, or of a newer format. */
export const malformed = refusal('PACKAGE_MALFORMED');
/** The package is well-formed, but nobody whom the user trusts has signed it. */
export const untrusted = refusal('PACKAGE_UNTRUSTED');
/** The package is trusted, but the given keys do not open it. */
export const locked = refusal('PACKAGE_LOCKED');

export function newerFormat(found: string): MigratorError {
  return malformed(
    'manifest',
    `the package has format "${found}", and this migrator reads ${formatNames.map((name) => `"${name}"`).join(' and ')}`,
    {
      hint: 'open it with the version of migrator that made it, or a newer one',
      details: { format: found },
    },
  );
}
