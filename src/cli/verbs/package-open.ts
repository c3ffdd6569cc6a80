import { resolve } from 'node:path';
import { warnOfSigner } from '../../core/steps/trust-package.ts';
import { count } from '../../core/steps/upload.ts';
import { createTreeWriter } from '../../files/tree/write-tree.ts';
import { open, vouch } from '../../package/index.ts';
import type { PackageOpenOptions } from '../commands/package/open.ts';
import type { Context } from '../context.ts';
import { sealedSource } from '../packages/input.ts';
import { openPackageFile } from '../packages/open-file.ts';
import { lines } from '../terminal/table.ts';

export async function runOpen(path: string, options: PackageOpenOptions, context: Context) {
  const reporter = await context.reporter();
  const bytes = await openPackageFile(path, context);
  const sealed = await sealedSource(path, bytes, options, context);
  reporter.report({ type: 'phase', name: 'open', subject: sealed.name });
  const vouched = await vouch(bytes, sealed.trust);
  warnOfSigner(sealed.name, vouched, reporter);
  const { id, version } = vouched.manifest;
  const folder = options.output ?? `${id}.${version}`;
  const tree = await createTreeWriter(resolve(context.io.cwd, folder), { overwrite: options.force === true });
  try {
    for await (const entry of open(bytes, vouched, sealed.keys, sealed.limits, context.signal, { reuseMemory: true })) {
      const { path, size, content, bytes: whole } = entry;
      if (whole !== undefined) reporter.report({ type: 'bytes', subject: path, done: size, total: size });
      await tree.write(outside(path), whole ?? count(content, size, path, reporter));
    }
    const written = await tree.commit();
    context.result(
      'package-open',
      { folder, files: written },
      lines(`wrote ${written.length} files to ${folder}`, ...written.slice(0, 20)),
    );
  } catch (error) {
    await tree.discard();
    throw error;
  }
  return undefined;
}

/** What `package seal` packed comes out as it went in; what servers made keeps its folder. */
function outside(path: string): string {
  return path.startsWith('files/') ? path.slice('files/'.length) : path;
}
