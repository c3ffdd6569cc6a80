import { open, vouch } from '../../package/index.ts';
import type { ByteStream, PackageRef } from '../../ports/artifact.ts';
import type { Reporter } from '../../ports/reporter.ts';
import { warnOfSigner, type SealedSource } from '../steps/trust-package.ts';
import { count } from '../steps/upload.ts';

/** A folder to write files to. The files are not visible before `commit`. */
export interface FolderSink {
  write(path: string, content: ByteStream | Uint8Array): Promise<void>;
  /** Returns the written paths. */
  commit(): Promise<readonly string[]>;
  /** Removes the written files. Does nothing after `commit`. */
  discard(): Promise<void>;
}

/** Writes all files of a package into a folder. A failure leaves none of them there. */
export async function openPackage(
  sealed: SealedSource,
  output: (ref: PackageRef) => Promise<FolderSink>,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<{ readonly files: readonly string[] }> {
  const { name, bytes, trust, keys, limits } = sealed;
  reporter.report({ type: 'phase', name: 'open', subject: name });
  const vouched = await vouch(bytes, trust);
  warnOfSigner(name, vouched, reporter);
  const { id, version } = vouched.manifest;
  const folder = await output({ id, version });
  try {
    for await (const { path, size, content, bytes: whole } of open(bytes, vouched, keys, limits, signal, {
      reuseMemory: true,
    })) {
      if (whole !== undefined) reporter.report({ type: 'bytes', subject: path, done: size, total: size });
      await folder.write(outside(path), whole ?? count(content, size, path, reporter));
    }
    return { files: await folder.commit() };
  } catch (error) {
    await folder.discard();
    throw error;
  }
}

/** The path in the folder: without `files/` for files of `package seal`, unchanged for files of servers. */
function outside(path: string): string {
  return path.startsWith('files/') ? path.slice('files/'.length) : path;
}
