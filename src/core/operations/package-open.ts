import { MigratorError } from '../../errors.ts';
import { carriesSecrets, encodeSecrets, type Signer, vouch } from '../../package/index.ts';
import type { PackageRef } from '../../ports/artifact.ts';
import type { ByteSink } from '../../ports/bytes.ts';
import type { Secrets } from '../../ports/options.ts';
import type { Reporter } from '../../ports/reporter.ts';
import { ofPackage } from '../steps/of-package.ts';
import { unpack, warnOfSigner, type FolderSink, type SealedSource } from '../steps/trust-package.ts';

/** Where a package is opened to. */
export interface OpenOutput {
  folder(ref: PackageRef): Promise<FolderSink>;
  /** A private file for the secrets that the package carries. Undefined: they are not written. */
  readonly secrets?: (() => Promise<ByteSink>) | undefined;
}

/** Writes all files of a package into a folder. A failure leaves none of them there. */
export function openPackage(
  sealed: SealedSource,
  output: OpenOutput,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<OpenedPackage> {
  return ofPackage(sealed.name, opened(sealed, output, reporter, signal));
}

interface OpenedPackage {
  readonly files: readonly string[];
  readonly signer: Signer | undefined;
}

async function opened(
  sealed: SealedSource,
  output: OpenOutput,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<OpenedPackage> {
  const { name, bytes, trust } = sealed;
  reporter.report({ type: 'phase', name: 'open', subject: name });
  const vouched = await vouch(bytes, trust);
  warnOfSigner(name, vouched, reporter);
  const { id, version, format } = vouched.manifest;
  if (output.secrets !== undefined && !carriesSecrets(format))
    throw new MigratorError('USAGE', `${name} carries no secrets, so there is nothing to write to --secrets-file`, {
      hint: 'leave out --secrets-file',
    });
  const sink = await output.secrets?.();
  let secrets: Secrets = {};
  try {
    const folder = await output.folder({ id, version });
    const onSecrets = (found: Secrets): void => void (secrets = found);
    const files = await unpack(sealed, vouched, folder, reporter, signal, { name: outside, onSecrets });
    await sink?.write(encodeSecrets(secrets));
    await sink?.commit();
    const names = Object.keys(secrets).join(', ');
    if (sink === undefined && names !== '') {
      const message = `${name} carries the ${names} of its import, which is not written: migrator import takes it from the package; for other tools, write it with --secrets-file`;
      reporter.report({ type: 'notice', message });
    }
    return { files: files.map(({ path }) => outside(path)), signer: vouched.signer };
  } catch (error) {
    await sink?.discard();
    throw error;
  }
}

/** The path in the folder: without `files/` for files of `package seal`, unchanged for files of servers. */
function outside(path: string): string {
  return path.startsWith('files/') ? path.slice('files/'.length) : path;
}
