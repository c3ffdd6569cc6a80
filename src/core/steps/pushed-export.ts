import { MigratorError } from '../../errors.ts';
import type { PackageRef } from '../../ports/artifact.ts';
import { facet, type Instance } from '../instance.ts';
import { describeRef } from '../package-ref.ts';

/** Where the source server sends the package itself. UNSUPPORTED when it cannot. */
export async function pushDestination(source: Instance, target: Instance, signal: AbortSignal) {
  const feed = facet(target, 'feed');
  if (!facet(source, 'exports').pushes || feed.destination === undefined) {
    throw new MigratorError('UNSUPPORTED', `${source.name} cannot push packages to ${target.name}`, {
      hint: 'write the package to a file with -o and import it there',
    });
  }
  return feed.destination(signal);
}

/** The package in the feed of the target. JOB_FAILED when it is not there, whatever the export said. */
export async function arrived(target: Instance, ref: PackageRef, signal: AbortSignal) {
  const stored = await facet(target, 'feed').stat(ref, signal);
  if (stored === undefined) {
    throw new MigratorError(
      'JOB_FAILED',
      `the export says that it succeeded, but ${target.name} does not have ${describeRef(ref)}`,
      {
        hint: 'check that the source server reaches the target by the URL in the rc file, or export to a file with -o',
      },
    );
  }
  return { ...stored, instance: target.name };
}

/** The pushed package as the target's feed has it. */
export async function fetchFromFeed(target: Instance, ref: PackageRef, signal: AbortSignal) {
  return { package: ref, files: [await facet(target, 'feed').download(ref, signal)], notes: [] };
}
