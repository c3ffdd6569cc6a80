import { plural } from '../../../plural.ts';
import { verifyPackage } from '../../../core/operations/package-verify.ts';
import type { Signer } from '../../../package/index.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { sealedSource } from '../../packages/input.ts';
import { openPackageFile } from '../../packages/open-file.ts';
import { humanBytes } from '../../../amounts.ts';
import { lines } from '../../terminal/table.ts';
import { readersOf, signerWords } from '../readers.ts';
import type { PackageVerifyOptions } from './flags.ts';

/** Opens no socket. */
export async function runPackageVerify(
  { args: [path = ''], options }: Invocation<PackageVerifyOptions>,
  context: Context,
) {
  const reporter = await context.reporter();
  const file = await openPackageFile(path, context);
  const sealed = await sealedSource(path, file, options, context);
  const input = { content: options.content === true };
  const { verified, content } = await verifyPackage(sealed, input, reporter, context.signal);
  const { manifest, signer, contentSha256 } = verified;
  context.result(
    'package-verify',
    {
      file: path,
      size: file.size,
      id: manifest.id,
      version: manifest.version,
      signer: signer?.keyId ?? null,
      signerName: signer?.name ?? null,
      trusted: signer?.trusted ?? false,
      trustedBy: signer?.trustedBy ?? null,
      contentChecked: content !== undefined,
    },
    lines(
      `${path} is good (${humanBytes(file.size)}, ${manifest.id}@${manifest.version})`,
      signer === undefined
        ? `not signed; ${context.flagSource('allowUnsigned').words} accepts this`
        : signer.trusted
          ? `signed by ${named(signer)}, trusted by ${signer.trustedBy ?? 'you'}`
          : `signed by ${named(signer)}, which you do not trust; ${context.flagSource('allowUnknownSigner').words} accepts this`,
      content === undefined
        ? 'the content was not checked; check it with --content'
        : `${content.files === 1 ? '1 file' : `all ${plural(content.files, 'file')}`} (${humanBytes(content.bytes)}) ${content.files === 1 ? 'was' : 'were'} opened and checked`,
    ),
  );
  const facts = { manifest, size: file.size, contentSha256, signer, readers: await readersOf(manifest, context) };
  return { told: { file: path, sealed: facts } };
}

const named = ({ keyId, name }: Signer): string => signerWords(keyId, name);
