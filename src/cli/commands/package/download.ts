import { basename } from 'node:path';
import type { Keeper } from '../../../core/instance.ts';
import { MigratorError } from '../../../errors.ts';
import { packageDownload, type DownloadPorts } from '../../../core/operations/package-download.ts';
import { sealedRef } from '../../../core/package-ref.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { defaultFileName, outputSink, packageOutput } from '../../packages/output.ts';
import { parsePackageRef } from '../../packages/package-argument.ts';
import { sealSettings } from '../../packages/seal-settings.ts';
import { systemRandom, tellingClock } from '../../runtime.ts';
import { instancesOf, requireInstance } from '../../servers/instances.ts';
import { sealedFacts } from '../readers.ts';
import { describeSealed } from '../summary.ts';
import { lines } from '../../terminal/table.ts';
import type { PackageDownloadOptions } from './flags.ts';

export async function runPackageDownload(
  { args: [text = ''], options }: Invocation<PackageDownloadOptions>,
  context: Context,
) {
  const from = requireInstance(options.from, '--from');
  const source = await (await instancesOf(context)).keeper(from, 'read');
  const ref = parsePackageRef(text, source);
  const reporter = await context.reporter();
  const output = await outputOf(options, source, context);
  const { stored, sealed } = await packageDownload(
    ref,
    { source, output, reporter, clock: tellingClock(reporter), random: systemRandom },
    context.signal,
  );
  const file = options.output ?? (output.kind === 'raw' ? basename(stored.fileName) : defaultFileName(sealedRef(ref)));
  const facts = sealed && (await sealedFacts(sealed, context));
  context.result(
    'package-download',
    { from, package: stored, file, sealed: sealed ?? null, readers: facts?.readers ?? [] },
    source.adapter.feed?.keepsSealed === true
      ? lines(`wrote ${file} as it is in ${from}`, `verify it with: migrator package verify ${file}`)
      : sealed === undefined || facts === undefined
        ? `wrote ${file} as it is on ${from}: neither signed nor encrypted`
        : describeSealed(file, sealed, facts),
  );
  return undefined;
}

async function outputOf(
  options: PackageDownloadOptions,
  { name, adapter: { feed } }: Keeper,
  context: Context,
): Promise<DownloadPorts['output']> {
  const { output: file, force = false, raw = false } = options;
  const keepsSealed = feed?.keepsSealed === true;
  if (keepsSealed) refuseSealing(options, name, context);
  if (!raw && !keepsSealed)
    return { kind: 'sealed', output: await packageOutput(file, () => sealSettings(options, context), force, context) };
  return {
    kind: 'raw',
    // The server chose this file name, so it is not trusted: only its last part is used.
    create: (stored) => outputSink(file ?? basename(stored.fileName), force, context),
  };
}

const sealing = ['signingKey', 'recipient', 'passphrase', 'privateManifest', 'unsigned', 'unencrypted'] as const;

/** What lies in a store is sealed, and is written as it is. Defaults are for the feeds that need them. */
function refuseSealing(options: PackageDownloadOptions, name: string, context: Context): void {
  const given = sealing.find((flag) => {
    const value = options[flag] ?? false;
    const isGiven = typeof value === 'object' ? value.length > 0 : value !== false;
    return isGiven && context.flagSource(flag).origin === 'command line';
  });
  if (given === undefined) return;
  throw new MigratorError(
    'USAGE',
    `${context.flagSource(given).words} seals a package, and ${name} keeps sealed ones`,
    {
      hint: `leave it out: the package is written as it is in ${name}`,
    },
  );
}
