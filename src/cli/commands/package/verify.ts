import { warnOfSigner } from '../../../core/steps/trust-package.ts';
import { open, verify } from '../../../package/index.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { sealedSource } from '../../packages/input.ts';
import { openPackageFile } from '../../packages/open-file.ts';
import { humanBytes } from '../../terminal/amounts.ts';
import { lines } from '../../terminal/table.ts';
import type { PackageVerifyOptions } from './flags.ts';

/** Opens no socket. */
export async function runPackageVerify(
  { args: [path = ''], options }: Invocation<PackageVerifyOptions>,
  context: Context,
) {
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
