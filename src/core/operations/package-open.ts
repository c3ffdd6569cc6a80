import { type Signer, vouch } from '../../package/index.ts';
import type { PackageRef } from '../../ports/artifact.ts';
import type { Reporter } from '../../ports/reporter.ts';
import { unpack, warnOfSigner, type FolderSink, type SealedSource } from '../steps/trust-package.ts';

/** Writes all files of a package into a folder. A failure leaves none of them there. */
export async function openPackage(
  sealed: SealedSource,
  output: (ref: PackageRef) => Promise<FolderSink>,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<{ readonly files: readonly string[]; readonly signer: Signer | undefined }> {
  const { name, bytes, trust } = sealed;
  reporter.report({ type: 'phase', name: 'open', subject: name });
  const vouched = await vouch(bytes, trust);
  warnOfSigner(name, vouched, reporter);
  const { id, version } = vouched.manifest;
  const folder = await output({ id, version });
  const files = await unpack(sealed, vouched, folder, reporter, signal, { name: outside });
  return { files: files.map(({ path }) => outside(path)), signer: vouched.signer };
}

/** The path in the folder: without `files/` for files of `package seal`, unchanged for files of servers. */
function outside(path: string): string {
  return path.startsWith('files/') ? path.slice('files/'.length) : path;
}
