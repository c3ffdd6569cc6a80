import { MigratorError } from '../../errors.ts';
import type { Secrets } from '../../ports/options.ts';
import type { Secret } from '../../secret.ts';

/** The password that both ways need. */
export function passwordOf(secrets: Secrets): Secret {
  const password = secrets['password'];
  if (password === undefined || password.reveal() === '') {
    throw new MigratorError('USAGE', 'Octopus Deploy needs a password for the sensitive values in the package', {
      hint: 'give --password, for example as env:MIGRATION_PASSWORD',
    });
  }
  return password;
}
