import { MigratorError } from '../../../errors.ts';
import type { Secrets } from '../../../ports/options.ts';
import type { Secret } from '../../../secret.ts';
import { wrongOption } from '../../shared/option-values.ts';

export function passwordOf(secrets: Secrets): Secret {
  const password = secrets['password'];
  if (password === undefined || password.reveal() === '') {
    throw new MigratorError('USAGE', 'Octopus Deploy needs a password for the sensitive values in the package', {
      hint: 'give --password, for example as env:MIGRATION_PASSWORD',
    });
  }
  return password;
}

/** The address that the server calls when the task has ended. USAGE when it is not http or https. */
export function callbackOf(secrets: Secrets, name: 'successCallback' | 'failureCallback'): string | undefined {
  const url = secrets[name]?.reveal();
  if (url !== undefined && (!/^https?:\/\//i.test(url) || !URL.canParse(url)))
    throw wrongOption(name, 'an http or https URL');
  return url;
}
