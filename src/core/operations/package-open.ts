import { open, vouch } from '../../package/index.ts';
import type { ByteStream, PackageRef } from '../../ports/artifact.ts';
import type { Reporter } from '../../ports/reporter.ts';
import { warnOfSigner, type SealedSource } from '../steps/trust-package.ts';
import { count } from '../steps/upload.ts';

/** A folder that receives files. Nothing is visible in it before `commit`. */
export interface FolderSink {
  write(path: string, content: ByteStream | Uint8Array): Promise<void>;
  /** Gives the paths written. */
  commit(): Promise<readonly string[]>;
  /** Removes what was written; harmless after `commit`. */
  discard(): Promise<void>;
}

/** Writes what a package holds into a folder, all of it or nothing. */
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

/** What `package seal` packed comes out as it went in; what servers made keeps its folder. */
function outside(path: string): string {
  return path.startsWith('files/') ? path.slice('files/'.length) : path;
}
