import { type Command, Option } from 'commander';
import { examples } from '../../flags/examples.ts';
import { ListOption } from '../../flags/list-flag.ts';
import { type OpenOptions, withOpening } from '../../flags/opening.ts';
import { type SealOptions, withSealing } from '../../flags/sealing.ts';

export interface PackageListOptions {
  readonly from?: string;
  readonly id?: string;
}

export function listFlags(command: Command): void {
  command
    .addOption(new Option('--from <instance>', 'the instance'))
    .addOption(new Option('--id <id>', 'only versions of this package'));
  examples(command, ['migrator package list --from prod']);
}

export interface PackageUploadOptions extends OpenOptions {
  readonly to?: string;
  readonly onConflict: 'fail' | 'keep' | 'overwrite';
}

export function uploadFlags(command: Command): void {
  command
    .argument('<file>', "a package, or - for standard input; a server's own file needs --allow-unsigned")
    .addOption(new Option('--to <instance>', 'the instance'))
    .addOption(
      new Option('--on-conflict <policy>', 'when the feed holds that id and version already: keep takes the same bytes')
        .choices(['fail', 'keep', 'overwrite'])
        .default('keep'),
    );
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
    .argument('<id@version>', 'the package')
    .addOption(new Option('--from <instance>', 'the instance'))
    .addOption(
      new Option('-o, --output <file>', 'the file to write (default: <id>.<version>.tar), or - for standard output'),
    )
    .addOption(new Option('--raw', "write the server's file as it is: neither signed nor encrypted"))
    .addOption(new Option('--force', 'overwrite the output file'));
  withSealing(command);
  examples(command, ['migrator package download Octopus.Space.Migration@1.0.0-run7 --from lab -o run7.tar']);
}

export interface PackageDeleteOptions {
  /** One name, or several; a default of the rc file is one. */
  readonly from?: string | readonly string[];
  readonly yes?: boolean;
}

export function deleteFlags(command: Command): void {
  command
    .argument('<package>', '<id>@<version>, or the id alone where packages have no version')
    .addOption(
      new ListOption(
        '--from <instance>',
        'the instance; give it again for each that holds it, in that order (repeatable)',
      ),
    )
    .addOption(new Option('-y, --yes', 'do not ask'));
  examples(command, ['migrator package delete Octopus.Space.Migration@1.0.0-run7 --from prod --yes']);
}

export interface PackageCertifyOptions {
  readonly at: readonly string[];
  readonly status: 'uncertified' | 'requested' | 'certified' | 'rejected';
  readonly sync?: boolean;
}

export function certifyFlags(command: Command): void {
  command
    .argument('<package>', '<id>@<version>, or the id alone where packages have no version')
    .addOption(
      new ListOption(
        '--at <instance>',
        'the instance; the decision is made at the first, and repeated at each other that holds it (repeatable)',
      ),
    )
    .addOption(
      new Option('--status <status>', 'what the package shall be')
        .choices(['requested', 'certified', 'rejected', 'uncertified'])
        .default('certified'),
    )
    .addOption(
      new Option('--sync', 'let each instance take over what another one decided, by their own means').conflicts(
        'status',
      ),
    );
  examples(command, [
    'migrator package certify 35958BEB7C56491C9A43F7661501E177 --at dev --status requested',
    'migrator package certify 35958BEB7C56491C9A43F7661501E177 --at dev --at prod',
  ]);
}

export function inspectFlags(command: Command): void {
  command.argument('<file>', 'the package');
  examples(command, ['migrator package inspect web-shop.tar']);
}

export interface PackageVerifyOptions extends OpenOptions {
  readonly content?: boolean;
}

export function verifyFlags(command: Command): void {
  command
    .argument('<file>', 'the package, or - for standard input')
    .addOption(new Option('--content', 'open it too, and check every chunk and every file; needs the key'));
  withOpening(command);
  examples(command, ['migrator package verify web-shop.tar', 'migrator package verify web-shop.tar --content']);
}

export interface PackageSealOptions extends SealOptions {
  readonly output?: string;
  readonly force?: boolean;
  readonly id?: string;
  readonly packageVersion?: string;
}

export function sealFlags(command: Command): void {
  command
    .argument('<path>', 'the folder or file')
    .addOption(
      new Option('-o, --output <file>', 'the package to write (default: <id>.<version>.tar), or - for standard output'),
    )
    .addOption(new Option('--id <id>', "the package's id (default: the name of the folder or file)"))
    .addOption(new Option('--package-version <version>', "the package's version").default('1.0.0'))
    .addOption(new Option('--force', 'overwrite the output file'));
  withSealing(command);
  examples(command, ['migrator package seal ./handover -o handover.tar']);
}

export interface PackageOpenOptions extends OpenOptions {
  readonly output?: string;
  readonly force?: boolean;
}

export function openFlags(command: Command): void {
  command
    .argument('<file>', 'the package, or - for standard input')
    .addOption(new Option('-o, --output <folder>', 'the folder to write into (default: <id>.<version>)'))
    .addOption(new Option('--force', 'overwrite files that exist there'));
  withOpening(command);
  examples(command, ['migrator package open web-shop.tar -o web-shop']);
}
