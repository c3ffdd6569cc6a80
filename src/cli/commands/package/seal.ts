import { basename, extname, resolve } from 'node:path';
import { readTree, type TreeEntry } from '../../../files/tree/read-tree.ts';
import { treeContents } from '../../../files/tree/tree-contents.ts';
import { seal, type PayloadEntry } from '../../../package/index.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { packageOutput } from '../../packages/output.ts';
import { sealSettings } from '../../packages/seal-settings.ts';
import { systemClock, systemRandom } from '../../runtime.ts';
import { describeSealed } from '../summary.ts';
import type { PackageSealOptions } from './flags.ts';

export async function runPackageSeal({ args: [path = ''], options }: Invocation<PackageSealOptions>, context: Context) {
  const reporter = await context.reporter();
  const absolute = resolve(context.io.cwd, path);
  const tree = await readTree(absolute);
  const ref = { id: options.id ?? idFrom(absolute), version: options.packageVersion ?? '1.0.0' };
  const settings = await sealSettings(options, context);
  const output = await packageOutput(options.output, settings, options.force === true, context);
  const file = output.name(ref);
  const total = tree.reduce((sum, entry) => sum + entry.size, 0);
  reporter.report({ type: 'phase', name: 'seal', subject: file });
  const sealed = await seal(
    {
      ...ref,
      ...settings,
      createdAt: systemClock.now(),
      source: undefined,
      scope: {},
      notes: [],
      entries: entriesOf(tree),
    },
    await output.create(ref),
    { random: systemRandom, onProgress: (done) => reporter.report({ type: 'bytes', subject: file, done, total }) },
    context.signal,
  );
  context.result('package-seal', { file, sealed }, describeSealed(file, sealed));
  return undefined;
}

async function* entriesOf(tree: readonly TreeEntry[]): AsyncGenerator<PayloadEntry> {
  for await (const { entry, bytes } of treeContents(tree)) {
    yield { path: `files/${entry.path}`, size: entry.size, content: () => bytes ?? entry.content() };
  }
}

/** A package id out of a file name: letters, digits, dots, dashes and underscores. */
function idFrom(path: string): string {
  const name = basename(path, extname(path))
    .replace(/[^A-Za-z0-9._-]+/gu, '-')
    .replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/gu, '');
  return name === '' ? 'package' : name;
}
