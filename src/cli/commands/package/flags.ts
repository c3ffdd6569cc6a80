import { type Command, Option } from 'commander';
import { examples } from '../../flags/examples.ts';
import { ListOption } from '../../flags/list-flag.ts';
import { type OpenOptions, withOpening } from '../../flags/opening.ts';
import { withReport } from '../../flags/report.ts';
import { type SealOptions, withSealing } from '../../flags/sealing.ts';

export interface PackageListOptions {
  readonly from?: string;
  readonly id?: string;
}

export function listFlags(command: Command): void {
  command
    .option('--from <instance>', 'the instance to read')
    .option('--id <id>', 'list only the versions of this package');
  examples(command, ['migrator package list --from prod']);
}

export interface PackageUploadOptions extends OpenOptions {
  readonly to?: string;
  readonly onConflict: 'fail' | 'keep' | 'overwrite';
  readonly yes?: boolean;
}

export function uploadFlags(command: Command): void {
  command
    .argument('<file>', "a package file, or - for standard input; a server's own export file needs --allow-unsigned")
    .option('--to <instance>', 'the instance to upload to')
    .addOption(
      new Option(
        '--on-conflict <policy>',
        'what to do if the feed already has this id and version; keep accepts the same bytes only',
      )
        .choices(['fail', 'keep', 'overwrite'])
        .default('keep'),
    )
    .option('-y, --yes', 'do not ask for confirmation');
  withOpening(command);
  examples(command, ['migrator package upload web-shop.tar --to prod']);
}

export interface PackageDownloadOptions extends SealOptions {
  readonly from?: string;
  readonly output?: string;
  readonly raw?: boolean;
  readonly force?: boolean;
}

export function downloadFlags(command: Command): void {
  command
    .argument('<id@version>', 'the package to download')
    .option('--from <instance>', 'the instance to download from')
    .option('-o, --output <file>', 'the file to write (default: <id>.<version>.tar), or - for standard output')
    .addOption(
      new Option('--raw', "write the server's own file, neither signed nor encrypted").conflicts([
        'signingKey',
        'recipient',
        'passphrase',
        'privateManifest',
      ]),
    )
    .option('--force', 'overwrite the output file');
  withSealing(command);
  examples(command, ['migrator package download Acme.Move@1.0.0 --from lab -o move.tar']);
}

export interface PackageDeleteOptions {
  /** One name or several. The rc file's `defaults.from` gives a single name. */
  readonly from?: string | readonly string[];
  readonly yes?: boolean;
}

export function deleteFlags(command: Command): void {
  command
    .argument('<package>', '<id>@<version>, or only the id if packages have no version')
    .addOption(
      new ListOption(
        '--from <instance>',
        'an instance that has the package; they are deleted in the given order (repeatable)',
      ),
    )
    .option('-y, --yes', 'do not ask for confirmation');
  examples(command, ['migrator package delete Acme.Move@1.0.0 --from prod --yes']);
}

export interface PackageCertifyOptions {
  readonly at: readonly string[];
  readonly status: 'uncertified' | 'requested' | 'certified' | 'rejected';
  readonly sync?: boolean;
}

export function certifyFlags(command: Command): void {
  command
    .argument('<package>', '<id>@<version>, or only the id if packages have no version')
    .addOption(
      new ListOption(
        '--at <instance>',
        'an instance that has the package; the first one decides, the others get the same decision (repeatable)',
      ),
    )
    .addOption(
      new Option('--status <status>', 'the status to set')
        .choices(['requested', 'certified', 'rejected', 'uncertified'])
        .default('certified'),
    )
    .addOption(
      new Option('--sync', 'let each instance read the decision from the storage that it shares').conflicts('status'),
    );
  examples(command, [
    'migrator package certify 35958BEB7C56491C9A43F7661501E177 --at dev --status requested',
    'migrator package certify 35958BEB7C56491C9A43F7661501E177 --at dev --at prod',
  ]);
}

export function inspectFlags(command: Command): void {
  command.argument('<file>', 'the package file');
  examples(command, ['migrator package inspect web-shop.tar']);
}

export interface PackageVerifyOptions extends OpenOptions {
  readonly content?: boolean;
}

export function verifyFlags(command: Command): void {
  command
    .argument('<file>', 'the package file, or - for standard input')
    .option('--content', 'also decrypt the package and check every chunk and every file; needs the key');
  withOpening(withReport(command));
  examples(command, ['migrator package verify web-shop.tar', 'migrator package verify web-shop.tar --content']);
}

export interface PackageSealOptions extends SealOptions {
  readonly output?: string;
  readonly force?: boolean;
  readonly id?: string;
  readonly packageVersion?: string;
  readonly serverExport?: boolean;
}

export function sealFlags(command: Command): void {
  command
    .argument('<path>', 'the folder or file to seal')
    .option('-o, --output <file>', 'the package to write (default: <id>.<version>.tar), or - for standard output')
    .option('--id <id>', 'the id of the package (default: the name of the folder or file)')
    .option('--package-version <version>', 'the version of the package (default: 1.0.0)')
    .option('--server-export', 'these are files that a server exported: an import takes the package')
    .option('--force', 'overwrite the output file');
  withSealing(command);
  examples(command, [
    'migrator package seal ./handover -o handover.tar',
    'migrator package seal Acme.Move.1.0.0.zip --server-export',
  ]);
}

export interface PackageOpenOptions extends OpenOptions {
  readonly output?: string;
  readonly secretsFile?: string;
  readonly force?: boolean;
}

export function openFlags(command: Command): void {
  command
    .argument('<file>', 'the package file, or - for standard input')
    .option('-o, --output <folder>', 'the folder to write into (default: <id>.<version>)')
    .option('--secrets-file <file>', 'write the secrets that the package carries for its import, to a private file')
    .option('--force', 'overwrite existing files');
  withOpening(command);
  examples(command, ['migrator package open web-shop.tar -o web-shop']);
}
