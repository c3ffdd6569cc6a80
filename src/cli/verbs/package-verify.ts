import { open, verify } from '../../package/index.ts';
import type { PackageVerifyOptions } from '../commands/package/verify.ts';
import { warnOfSigner } from '../../core/sealed-source.ts';
import type { Context } from '../context.ts';
import { openPackageFile } from '../open-package-file.ts';
import { sealedSource } from '../package-files.ts';
import { lines } from '../render.ts';
import { humanBytes } from '../reporters/rates.ts';

/** Opens no socket. */
export async function runVerify(path: string, options: PackageVerifyOptions, context: Context) {
  const reporter = await context.reporter();
  const file = await openPackageFile(path, context);
  const sealed = await sealedSource(path, file, options, context);
  reporter.report({ type: 'phase', name: 'verify', subject: sealed.name });
  const verified = await verify(file, sealed.trust, context.signal, (done, total) =>
    reporter.report({ type: 'bytes', subject: sealed.name, done, total }),
  );
  warnOfSigner(sealed.name, verified, reporter);
  let files: number | undefined;
  let bytes = 0;
  if (options.content === true) {
    reporter.report({ type: 'phase', name: 'check', subject: `the content of ${sealed.name}` });
    files = 0;
    for await (const entry of open(file, verified, sealed.keys, sealed.limits, context.signal)) {
      for await (const chunk of entry.content) bytes += chunk.byteLength;
      files += 1;
    }
  }
  const { manifest, signer } = verified;
  context.result(
    'package-verify',
    {
      file: path,
      size: file.size,
      id: manifest.id,
      version: manifest.version,
      signer: signer?.keyId ?? null,
      trusted: signer?.trusted ?? false,
      contentChecked: files !== undefined,
    },
    lines(
      `${path} is good (${humanBytes(file.size)}, ${manifest.id}@${manifest.version})`,
      signer === undefined
        ? 'signed by nobody, as --allow-unsigned allows'
        : `signed by ${signer.keyId}, whom you ${signer.trusted ? '' : 'do not '}trust`,
      files === undefined
        ? 'its content was not opened: --content does that'
        : `its ${files} files (${humanBytes(bytes)}) were opened and checked`,
    ),
  );
  return undefined;
}
