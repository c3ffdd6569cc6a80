import { type Command, Option } from 'commander';
import { ListOption } from './list-flag.ts';

export interface SealOptions {
  readonly signingKey?: string;
  readonly signingKeyPassphrase?: string;
  readonly unsigned?: boolean;
  readonly recipient: readonly string[];
  readonly passphrase?: string;
  readonly unencrypted?: boolean;
  readonly compression: 'auto' | 'gzip' | 'zstd' | 'none';
  readonly privateManifest?: boolean;
}

export const seal = 'Package options:';

export function withSealing(command: Command): Command {
  return command
    .addOption(
      new Option('--signing-key <file>', 'sign with this minisign secret key: a file, env:NAME or command:…').helpGroup(
        seal,
      ),
    )
    .addOption(
      new Option(
        '--signing-key-passphrase <secret>',
        'passphrase of the signing key: env:NAME, file:path, command:… or prompt',
      ).helpGroup(seal),
    )
    .addOption(new Option('--unsigned', 'do not sign').helpGroup(seal))
    .addOption(
      new ListOption(
        '--recipient <who>',
        'encrypt to a public age key (age1…), to those in file:path, to a group of the rc file, or to me (repeatable)',
      ).helpGroup(seal),
    )
    .addOption(
      new Option(
        '--passphrase <secret>',
        'encrypt with a passphrase: env:NAME, file:path, command:… or prompt',
      ).helpGroup(seal),
    )
    .addOption(new Option('--unencrypted', 'do not encrypt').helpGroup(seal))
    .addOption(
      new Option('--compression <kind>', 'how to compress the content')
        .choices(['auto', 'gzip', 'zstd', 'none'])
        .default('auto')
        .helpGroup(seal),
    )
    .addOption(
      new Option('--private-manifest', 'keep names, scope and URL out of the unencrypted manifest').helpGroup(seal),
    );
}
