import { MigratorError } from '../errors.ts';

/** `--from` and `--to` may come from the rc file's defaults, so they are asked for only here. */
export function requireInstance(name: string | undefined, flag: '--from' | '--to' | '--at'): string {
  if (name !== undefined && name !== '') return name;
  throw new MigratorError('USAGE', `${flag} is missing: name an instance of the rc file`, {
    hint: `give ${flag} <instance>, or set defaults.${flag.slice(2)} in the rc file`,
  });
}
