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
    .addOption(
      new Option('--kind <kind>', 'which keys to create').choices(['both', 'signing', 'identity']).default('both'),
    )
    .option(
      '-o, --output <folder>',
      "the folder to write to (default: the user's key folder, where migrator looks for keys)",
    )
    .option(
      '--passphrase <secret>',
      'protect the signing key with a passphrase: env:NAME, file:path, command:… or prompt',
    );
  examples(command, ['migrator key generate', 'migrator key generate --passphrase prompt']);
}

export function showFlags(command: Command): void {
  examples(command, ['migrator key show']);
}

export function trustFlags(command: Command): void {
  command
    .argument('<key>', 'a minisign public key (RW…), or a file with one')
    .option('--name <name>', 'a name for the key (default: its key id)');
  examples(command, ['migrator key trust ./colleague.pub --name colleague']);
}
