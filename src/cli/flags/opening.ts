import { type Command, Option } from 'commander';
import { ListOption } from './list-flag.ts';
import { seal } from './sealing.ts';

export interface TrustOptions {
  readonly trust: readonly string[];
  readonly allowUnsigned?: boolean;
  readonly allowUnknownSigner?: boolean;
}

export interface OpenOptions extends TrustOptions {
  readonly identity: readonly string[];
  readonly identityPassphrase?: string;
  readonly passphrase?: string;
  readonly maxExpandedSize?: string;
  readonly maxRatio?: string;
}

export function withTrust(command: Command): Command {
  return command
    .addOption(
      new ListOption('--trust <key>', 'also trust this minisign public key or key file (repeatable)').helpGroup(seal),
    )
    .addOption(new Option('--allow-unsigned', 'accept a package that is not signed').helpGroup(seal))
    .addOption(
      new Option('--allow-unknown-signer', 'accept a package that is signed with a key you do not trust').helpGroup(
        seal,
      ),
    );
}

export function withOpening(command: Command): Command {
  return withTrust(command)
    .addOption(
      new ListOption(
        '--identity <file>',
        'decrypt with this age identity: a file, env:NAME or command:… (repeatable)',
      ).helpGroup(seal),
    )
    .addOption(
      new Option(
        '--identity-passphrase <secret>',
        'passphrase of a protected identity: env:NAME, file:path, command:… or prompt',
      ).helpGroup(seal),
    )
    .addOption(
      new Option(
        '--passphrase <secret>',
        'decrypt with a passphrase: env:NAME, file:path, command:… or prompt',
      ).helpGroup(seal),
    )
    .addOption(
      new Option(
        '--max-expanded-size <size>',
        'refuse a package whose content is larger than this (500MiB, 20GiB)',
      ).helpGroup(seal),
    )
    .addOption(
      new Option(
        '--max-ratio <times>',
        'how many times its size a large package of an untrusted signer may expand to (default: 200)',
      ).helpGroup(seal),
    );
}
