import { type Command, Option } from 'commander';
import { ListOption } from '../list-option.ts';

/** Options that several verbs share are spelled here, once. */
export interface WaitOptions {
  readonly wait: boolean;
  readonly timeout?: string;
  readonly pollInterval?: string;
}

export interface CautionOptions {
  /** A file, or false for --no-backup. */
  readonly backup?: string | boolean;
  readonly yes?: boolean;
}

export interface SealOptions {
  readonly signingKey?: string;
  readonly unsigned?: boolean;
  readonly recipient: readonly string[];
  readonly passphrase?: string;
  readonly unencrypted?: boolean;
  readonly compression: 'auto' | 'gzip' | 'zstd' | 'none';
  readonly privateManifest?: boolean;
}

export interface TrustOptions {
  readonly trust: readonly string[];
  readonly allowUnsigned?: boolean;
}

export interface OpenOptions extends TrustOptions {
  readonly identity: readonly string[];
  readonly passphrase?: string;
  readonly maxExpandedSize?: string;
}

const seal = 'Package options:';
const waiting = 'Waiting options:';

export function withWaiting(command: Command): Command {
  return command
    .addOption(new Option('--no-wait', 'return when the job is started').helpGroup(waiting))
    .addOption(
      new Option('--timeout <duration>', 'stop waiting after this long (90s, 20m, 2h); the job goes on').helpGroup(
        waiting,
      ),
    )
    .addOption(
      new Option('--poll-interval <duration>', 'look at the job this often, instead of adapting').helpGroup(waiting),
    );
}

export function withFresh(command: Command): Command {
  return command.addOption(
    new Option('--fresh', 'begin anew, instead of taking up an unfinished run of the same work').helpGroup(waiting),
  );
}

/** For what can destroy something on the target. */
export function withCaution(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--backup <file>',
        'where the target is kept as it was, when the product itself cannot undo',
      ).helpGroup(waiting),
    )
    .addOption(new Option('--no-backup', 'take no backup before something is destroyed').helpGroup(waiting))
    .addOption(new Option('-y, --yes', 'consent beforehand to what would be asked').helpGroup(waiting));
}

export function withSealing(command: Command): Command {
  return command
    .addOption(new Option('--signing-key <file>', 'sign with this minisign secret key').helpGroup(seal))
    .addOption(new Option('--unsigned', 'do not sign').helpGroup(seal))
    .addOption(new ListOption('--recipient <age1…>', 'encrypt to this age recipient (repeatable)').helpGroup(seal))
    .addOption(
      new Option(
        '--passphrase <secret>',
        'encrypt with a passphrase: env:NAME, file:path, command:… or prompt',
      ).helpGroup(seal),
    )
    .addOption(new Option('--unencrypted', 'do not encrypt').helpGroup(seal))
    .addOption(
      new Option('--compression <kind>', 'how to compress')
        .choices(['auto', 'gzip', 'zstd', 'none'])
        .default('auto')
        .helpGroup(seal),
    )
    .addOption(
      new Option('--private-manifest', 'keep names, scope and URL out of the readable manifest').helpGroup(seal),
    );
}

export function withTrust(command: Command): Command {
  return command
    .addOption(
      new ListOption('--trust <key>', 'trust this minisign public key or key file too (repeatable)').helpGroup(seal),
    )
    .addOption(new Option('--allow-unsigned', 'accept a package that nobody signed').helpGroup(seal));
}

export function withOpening(command: Command): Command {
  return withTrust(command)
    .addOption(new ListOption('--identity <file>', 'decrypt with this age identity file (repeatable)').helpGroup(seal))
    .addOption(
      new Option(
        '--passphrase <secret>',
        'decrypt with a passphrase: env:NAME, file:path, command:… or prompt',
      ).helpGroup(seal),
    )
    .addOption(
      new Option('--max-expanded-size <size>', 'refuse packages that expand beyond this (500MiB, 20GiB)').helpGroup(
        seal,
      ),
    );
}

export function examples(command: Command, lines: readonly string[]): Command {
  return command.addHelpText('after', `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}`);
}
