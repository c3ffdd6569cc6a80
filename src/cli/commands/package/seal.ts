import { basename, extname, resolve } from 'node:path';
import { MigratorError } from '../../../errors.ts';
import { readTree, type TreeEntry } from '../../../files/tree/read-tree.ts';
import { treeContents } from '../../../files/tree/tree-contents.ts';
import { limitWarnings, nameFault, seal, type PayloadEntry } from '../../../package/index.ts';
import type { PackageRef } from '../../../ports/artifact.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { packageOutput } from '../../packages/output.ts';
import { recogniseExport } from '../../packages/server-export.ts';
import { sealSettings } from '../../packages/seal-settings.ts';
import { systemClock, systemRandom } from '../../runtime.ts';
import { lines } from '../../terminal/table.ts';
import { sealedFacts } from '../readers.ts';
import { describeSealed } from '../summary.ts';
import type { PackageSealOptions } from './flags.ts';

export async function runPackageSeal({ args: [path = ''], options }: Invocation<PackageSealOptions>, context: Context) {
  const reporter = await context.reporter();
  const absolute = resolve(context.io.cwd, path);
  const tree = await readTree(absolute);
  const isExport = options.serverExport === true;
  const known = isExport ? await recogniseExport(path, tree, context.signal) : undefined;
  if (isExport && known === undefined) reporter.report({ type: 'warning', ...unknown(path) });
  const named = isExport ? refFrom(absolute) : undefined;
  const ref = {
    id: options.id ?? named?.id ?? idFrom(absolute),
    version: options.packageVersion ?? named?.version ?? '1.0.0',
  };
  refuseName('--id', nameFault({ id: options.id }), 'use letters, digits, ".", "_" and "-"');
  refuseName('--package-version', nameFault({ version: options.packageVersion }), 'write one to four numbers: 1.0.0');
  const toSeal = () => sealSettings(options, context);
  const output = await packageOutput(options.output, toSeal, options.force === true, context);
  const file = output.name(ref);
  const total = tree.reduce((sum, entry) => sum + entry.size, 0);
  reporter.report({ type: 'phase', name: 'seal', subject: file });
  const sealed = await seal(
    {
      ...ref,
      ...output.settings,
      createdAt: systemClock.now(),
      source: undefined,
      scope: {},
      notes: [],
      entries: entriesOf(tree, isExport ? 'native' : 'files'),
    },
    await output.create(ref),
    { random: systemRandom, onProgress: (done) => reporter.report({ type: 'bytes', subject: file, done, total }) },
    context.signal,
  );
  for (const message of limitWarnings(sealed.manifest, sealed.size)) reporter.report({ type: 'warning', message });
  const facts = await sealedFacts(sealed, context);
  context.result(
    'package-seal',
    { file, sealed, ...facts },
    lines(describeSealed(file, sealed, facts), isExport ? forServers(known) : forPeople),
  );
  return undefined;
}

function refuseName(flag: string, fault: string | undefined, hint: string): void {
  if (fault !== undefined) throw new MigratorError('USAGE', `${flag}: ${fault}`, { hint });
}

async function* entriesOf(tree: readonly TreeEntry[], folder: 'native' | 'files'): AsyncGenerator<PayloadEntry> {
  for await (const { entry, bytes } of treeContents(tree)) {
    yield { path: `${folder}/${entry.path}`, size: entry.size, content: () => bytes ?? entry.content() };
  }
}

const forServers = (known: string | undefined): string =>
  known === undefined
    ? 'use:       migrator import, if the target knows what it is'
    : `use:       migrator import takes it as ${known}`;

/** A package that Octopus Deploy has encrypted as a whole has no known form. */
const unknown = (path: string) => ({
  message: `"${path}" does not look like an export of Octopus Deploy, eNMS, MicroStrategy or SnapLogic`,
  hint: 'ignore this only for a package that was exported with --encrypt-package; an import checks again before it changes anything',
});

const forPeople = "use:       migrator package open; a server's export is sealed for an import with --server-export";

/** Id and version from the name of an exported file, such as `Acme.Move.1.0.0.zip`; undefined when it has no version. */
function refFrom(path: string): PackageRef | undefined {
  const name = basename(path).replace(/(\.tar)?\.[A-Za-z][A-Za-z0-9]*$/u, '');
  const found = /^(\w+(?:[.-]\w+)*?)\.(\d+(?:\.\d+){0,3}(?:-[\w-]+(?:\.\d+)*)?)(?=\.[A-Za-z]|$)/u.exec(name);
  return found?.[1] === undefined || found[2] === undefined ? undefined : { id: found[1], version: found[2] };
}

/** Makes a package id from a file name: letters, digits, dots, dashes and underscores. */
function idFrom(path: string): string {
  const name = basename(path, extname(path))
    .replace(/[^A-Za-z0-9._-]+/gu, '-')
    .replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/gu, '');
  return name === '' ? 'package' : name;
}
