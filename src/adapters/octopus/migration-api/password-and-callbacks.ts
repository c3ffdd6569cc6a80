import { MigratorError } from '../../../errors.ts';
import type { Options, Secrets } from '../../../ports/options.ts';
import type { Secret } from '../../../secret.ts';
import { textOf, wrongOption } from '../../shared/option-values.ts';

export function passwordOf(secrets: Secrets): Secret {
  const password = secrets['password'];
  if (password === undefined || password.reveal() === '') {
    throw new MigratorError('USAGE', 'Octopus Deploy needs a password for the sensitive values in the package', {
      hint: 'give --password, for example as env:MIGRATION_PASSWORD',
    });
  }
  return password;
}

/** The two addresses that the server calls when the task has ended. USAGE when one is not http or https. */
export function callbacks(options: Options): Options {
  return Object.fromEntries(
    ['successCallback', 'failureCallback'].flatMap((name) => {
      const url = textOf(options, name);
      if (url === undefined) return [];
      if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) throw wrongOption(name, 'an http or https URL');
      return [[name, url]];
    }),
  );
}
