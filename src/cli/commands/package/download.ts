import { basename } from 'node:path';
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
import type { PackageDownloadOptions } from './flags.ts';

export async function runPackageDownload(
  { args: [text = ''], options }: Invocation<PackageDownloadOptions>,
  context: Context,
) {
  const from = requireInstance(options.from, '--from');
  const source = await (await instancesOf(context)).source(from);
  const ref = parsePackageRef(text, source);
  const reporter = await context.reporter();
  const output = await outputOf(options, context);
  const { stored, sealed } = await packageDownload(
    ref,
    { source, output, reporter, clock: tellingClock(reporter), random: systemRandom },
    context.signal,
  );
  const file = options.output ?? (options.raw === true ? basename(stored.fileName) : defaultFileName(sealedRef(ref)));
  const facts = sealed && (await sealedFacts(sealed, context));
  context.result(
    'package-download',
    { from, package: stored, file, sealed: sealed ?? null, readers: facts?.readers ?? [] },
    sealed === undefined || facts === undefined
      ? `wrote ${file} as it is on ${from}: neither signed nor encrypted`
      : describeSealed(file, sealed, facts),
  );
  return undefined;
}

async function outputOf(options: PackageDownloadOptions, context: Context): Promise<DownloadPorts['output']> {
  const { output: file, force = false, raw = false } = options;
  if (!raw)
    return { kind: 'sealed', output: await packageOutput(file, await sealSettings(options, context), force, context) };
  return {
    kind: 'raw',
    // The server chose this file name, so it is not trusted: only its last part is used.
    create: (stored) => outputSink(file ?? basename(stored.fileName), force, context),
  };
}
