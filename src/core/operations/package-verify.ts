import { open, verify, type VerifiedPackage } from '../../package/index.ts';
import type { Reporter } from '../../ports/reporter.ts';
import { ofPackage } from '../steps/of-package.ts';
import { warnOfSigner, type SealedSource } from '../steps/trust-package.ts';

export interface VerifyReport {
  readonly verified: VerifiedPackage;
  /** Undefined when only the package itself was verified. */
  readonly content: { readonly files: number; readonly bytes: number } | undefined;
}

/** Verifies a package; with `content` also every file in it. Opens no socket. */
export function verifyPackage(
  source: SealedSource,
  input: { readonly content: boolean },
  reporter: Reporter,
  signal: AbortSignal,
): Promise<VerifyReport> {
  return ofPackage(source.name, checked(source, input, reporter, signal));
}

async function checked(
  { name, bytes, trust, keys, limits }: SealedSource,
  input: { readonly content: boolean },
  reporter: Reporter,
  signal: AbortSignal,
): Promise<VerifyReport> {
  reporter.report({ type: 'phase', name: 'verify', subject: name });
  const verified = await verify(bytes, trust, signal, (done, total) =>
    reporter.report({ type: 'bytes', subject: name, done, total }),
  );
  warnOfSigner(name, verified, reporter);
  if (!input.content) return { verified, content: undefined };
  const subject = `the content of ${name}`;
  reporter.report({ type: 'phase', name: 'check', subject });
  const total = verified.manifest.content.counts.bytes;
  let files = 0;
  let read = 0;
  for await (const entry of open(bytes, verified, await keys(verified.manifest.content.recipients), limits, signal)) {
    for await (const chunk of entry.content) {
      read += chunk.byteLength;
      reporter.report({ type: 'bytes', subject, done: read, total });
    }
    files += 1;
  }
  return { verified, content: { files, bytes: read } };
}
