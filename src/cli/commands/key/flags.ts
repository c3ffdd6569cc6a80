import { type Command, Option } from 'commander';
import { examples } from '../../flags/examples.ts';

export interface KeyGenerateOptions {
  readonly kind: 'both' | 'signing' | 'identity';
  readonly output?: string;
  readonly passphrase?: string;
  readonly identityPassphrase?: string;
}

export interface KeyRotateOptions {
  readonly kind: 'both' | 'signing' | 'identity';
  readonly passphrase?: string;
  readonly identityPassphrase?: string;
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
    );
  withPassphrases(command);
  examples(command, ['migrator key generate', 'migrator key generate --passphrase prompt']);
}

export function rotateFlags(command: Command): void {
  command.addOption(
    new Option('--kind <kind>', 'which keys to replace').choices(['both', 'signing', 'identity']).default('both'),
  );
  withPassphrases(command);
  examples(command, ['migrator key rotate', 'migrator key rotate --kind signing']);
}

function withPassphrases(command: Command): void {
  command
    .option(
      '--passphrase <secret>',
      'protect the signing key with a passphrase: env:NAME, file:path, command:… or prompt',
    )
    .option(
      '--identity-passphrase <secret>',
      'protect the identity with a passphrase: env:NAME, file:path, command:… or prompt',
    );
}

export function listFlags(command: Command): void {
  examples(command, ['migrator key list', 'migrator key list --json']);
}

export function untrustFlags(command: Command): void {
  command.argument('<name|id>', 'the name, the key id or the public key of a signer, as "key list" shows them');
  examples(command, ['migrator key untrust colleague']);
}

export function showFlags(command: Command): void {
  examples(command, ['migrator key show']);
}

export function trustFlags(command: Command): void {
  command
    .argument('<key>', 'a minisign public key (RW…), or a file with one')
    .option('--name <name>', 'whose key it is (default: the name of the file, or the key id)');
  examples(command, ['migrator key trust ./colleague.pub --name colleague']);
}
