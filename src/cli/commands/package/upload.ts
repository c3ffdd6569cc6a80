import { packageUpload } from '../../../core/operations/package-upload.ts';
import { formatRef } from '../../../core/package-ref.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { consenting } from '../../flags/caution.ts';
import { sourceFromFile } from '../../packages/package-argument.ts';
import { instancesOf, requireInstance } from '../../servers/instances.ts';
import { lines } from '../../terminal/table.ts';
import { signerWords } from '../readers.ts';
import type { PackageUploadOptions } from './flags.ts';

const done = { created: 'uploaded', overwritten: 'replaced', kept: 'found unchanged:' };

export async function runPackageUpload(
  { args: [path = ''], options }: Invocation<PackageUploadOptions>,
  context: Context,
) {
  const to = requireInstance(options.to, '--to');
  const target = await (await instancesOf(context)).keeper(to, 'write');
  const isStore = target.adapter.feed?.keepsSealed === true;
  // A store refuses it in words of its own.
  const { source } = await sourceFromFile(path, options, target, context, { plain: isStore });
  const reporter = await context.reporter();
  const ports = { target, source, reporter, ...consenting(options, context) };
  const input = { onConflict: options.onConflict, allowPlain: options.allowPlain === true };
  const report = await packageUpload(input, ports, context.signal);
  const { stored, outcome, signer, signerName, trustedBy, carried } = report;
  const name = formatRef(stored);
  context.result(
    'package-upload',
    {
      to,
      outcome,
      package: stored,
      signer: signer ?? null,
      signerName: signerName ?? null,
      trustedBy: trustedBy ?? null,
    },
    lines(
      `${done[outcome]} ${name} on ${to}`,
      signer === undefined
        ? 'not signed'
        : `signed by ${signerWords(signer, signerName)}${trustedBy === undefined ? '' : `, trusted by ${trustedBy}`}`,
      isStore
        ? `import it with: migrator import ${name} --from ${to} --to <instance>`
        : `import it with: migrator import ${carried.length > 0 ? path : name} --to ${to}`,
    ),
  );
  return undefined;
}
