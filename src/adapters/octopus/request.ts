import { MigratorError } from '../../errors.ts';
import type { Options, Secrets } from '../../ports/adapter.ts';
import type { Secret } from '../../secret.ts';

export function flagOf(options: Options, name: string): boolean {
  const value = options[name] ?? false;
  if (typeof value !== 'boolean') throw wrong(name, 'true or false');
  return value;
}

export function textOf(options: Options, name: string): string | undefined {
  const value = options[name];
  if (value !== undefined && typeof value !== 'string') throw wrong(name, 'text');
  return value;
}

export function passwordOf(secrets: Secrets): Secret {
  const password = secrets['password'];
  if (password === undefined || password.reveal() === '') {
    throw new MigratorError('USAGE', 'Octopus Deploy needs a password for the sensitive values in the package', {
      hint: 'give --password, for example as env:MIGRATION_PASSWORD',
    });
  }
  return password;
}

/** The two addresses that the server calls when the task has ended. USAGE when they are not http(s). */
export function callbacks(options: Options): Options {
  return Object.fromEntries(
    ['successCallback', 'failureCallback'].flatMap((name) => {
      const url = textOf(options, name);
      if (url === undefined) return [];
      if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) throw wrong(name, 'an http or https URL');
      return [[name, url]];
    }),
  );
}

function wrong(name: string, expected: string): MigratorError {
  return new MigratorError('USAGE', `the option ${name} must be ${expected}`);
}
