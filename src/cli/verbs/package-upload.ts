import { packageUpload } from '../../core/operations/package-upload.ts';
import { formatRef } from '../../core/package-ref.ts';
import type { PackageUploadOptions } from '../commands/package/upload.ts';
import type { Context } from '../context.ts';
import { sourceFromFile } from '../packages/package-argument.ts';
import { requireInstance } from '../servers/instances.ts';
import { lines } from '../terminal/table.ts';

const done = { created: 'uploaded', overwritten: 'uploaded, in place of another,', kept: 'found unchanged:' };

export async function runPackageUpload(path: string, options: PackageUploadOptions, context: Context) {
  const to = requireInstance(options.to, '--to');
  const target = await (await context.instances()).target(to);
  const { source } = await sourceFromFile(path, options, target, context);
  const reporter = await context.reporter();
  const report = await packageUpload({ onConflict: options.onConflict }, { target, source, reporter }, context.signal);
  const { stored, outcome, signer } = report;
  const name = formatRef(stored);
  context.result(
    'package-upload',
    { to, outcome, package: stored, signer: signer ?? null },
    lines(
      `${done[outcome]} ${name} on ${to}`,
      signer === undefined ? 'signed by nobody' : `signed by ${signer}`,
      `import it with: migrator import ${name} --to ${to}`,
    ),
  );
  return undefined;
}
