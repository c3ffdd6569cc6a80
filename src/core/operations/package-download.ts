import { MigratorError } from '../../errors.ts';
import type { SealedPackage } from '../../package/index.ts';
import type { PackageRef, StoredPackage } from '../../ports/artifact.ts';
import type { ByteSink } from '../../ports/bytes.ts';
import type { Reporter } from '../../ports/reporter.ts';
import type { Clock, Random } from '../../ports/runtime.ts';
import { facet, type Keeper } from '../instance.ts';
import { describeRef, sealedRef } from '../package-ref.ts';
import { downloadTo } from '../steps/download.ts';
import { probe } from '../steps/preflight.ts';
import { type PackageOutput, sealArtifact } from '../steps/seal-artifact.ts';

export interface DownloadReport {
  readonly stored: StoredPackage;
  /** Undefined for a raw download. */
  readonly sealed: SealedPackage | undefined;
}

export interface DownloadPorts {
  readonly source: Keeper;
  readonly output:
    | { readonly kind: 'sealed'; readonly output: PackageOutput }
    | { readonly kind: 'raw'; create(stored: StoredPackage): Promise<ByteSink> };
  readonly reporter: Reporter;
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * Downloads a package from an instance's feed, sealed or as the server's own file. A store keeps sealed packages, and they
 * are written as they are.
 */
export async function packageDownload(
  ref: PackageRef,
  ports: DownloadPorts,
  signal: AbortSignal,
): Promise<DownloadReport> {
  const { source, output, reporter } = ports;
  const info = await probe(source, reporter, signal);
  const feed = facet(source, 'feed');
  const stored = await feed.stat(ref, signal);
  if (stored === undefined) {
    throw new MigratorError('NOT_FOUND', `${source.name} has no package ${describeRef(ref)}`, {
      hint: `see its packages with: migrator package list --from ${source.name}`,
    });
  }
  reporter.report({ type: 'phase', name: 'download', subject: `${describeRef(ref)} from ${source.name}` });
  const file = await feed.download(ref, signal);
  if (output.kind === 'sealed') {
    if (feed.keepsSealed === true) {
      throw new MigratorError('USAGE', `${source.name} keeps sealed packages, which are not sealed again`, {
        hint: 'leave out the flags that seal',
      });
    }
    const origin = { source, info, prepared: undefined, options: {} };
    const sealed = await sealArtifact(
      { package: sealedRef(ref), files: [file], notes: [] },
      origin,
      output.output,
      ports,
      signal,
    );
    return { stored, sealed };
  }
  await downloadTo(() => output.create(stored), file, ports, signal);
  return { stored, sealed: undefined };
}
