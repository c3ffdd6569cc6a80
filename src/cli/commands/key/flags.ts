import { type Command, Option } from 'commander';
import { examples } from '../../flags/examples.ts';

export interface KeyGenerateOptions {
  readonly kind: 'both' | 'signing' | 'identity';
  readonly output?: string;
  readonly passphrase?: string;
}

export interface KeyTrustOptions {
  readonly name?: string;
}

export function generateFlags(command: Command): void {
  command
    .addOption(new Option('--kind <kind>', 'which').choices(['both', 'signing', 'identity']).default('both'))
    .addOption(
      new Option('-o, --output <folder>', "where to (default: the user's key folder, where migrator finds them)"),
    )
    .addOption(
      new Option(
        '--passphrase <secret>',
        'protect the signing key with this: env:NAME, file:path, command:… or prompt',
      ),
    );
  examples(command, ['migrator key generate', 'migrator key generate --passphrase prompt']);
}

export function showFlags(command: Command): void {
  examples(command, ['migrator key show']);
}

export function trustFlags(command: Command): void {
  command
    .argument('<key>', 'a minisign public key (RW…) or a file that holds one')
    .addOption(new Option('--name <name>', 'a name for it (default: the key id)'));
  examples(command, ['migrator key trust ./colleague.pub --name colleague']);
}
