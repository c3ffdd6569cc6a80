import { isMigratorError } from '../../errors.ts';
import type { PackageRef } from '../../ports/artifact.ts';
import type { Reporter } from '../../ports/reporter.ts';
import { type Instance, facet } from '../instance.ts';
import { describeRef, formatRef } from '../package-ref.ts';
import type { StartedJob } from './exactly-once.ts';

/** A dry run that had to put the package on the target removes it again. */
export async function takeBack(
  ref: PackageRef,
  target: Instance,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<void> {
  reporter.report({ type: 'phase', name: 'clean-up', subject: `${describeRef(ref)} on ${target.name}` });
  try {
    await facet(target, 'feed').delete(ref, signal);
  } catch (error) {
    if (!isMigratorError(error) || error.code === 'CANCELLED') throw error;
    reporter.report({
      type: 'warning',
      message: `the package uploaded for the dry run is still on ${target.name}: ${error.message}`,
      hint: `remove it with: migrator package delete ${formatRef(ref)} --from ${target.name}`,
    });
  }
}

type Discard = ((jobId: string, signal: AbortSignal) => Promise<void>) | undefined;

/** Takes away what a rehearsal needed on its source; what cannot be taken away is told. */
export async function discardLeft(
  job: Pick<StartedJob, 'id' | 'handle'>,
  discard: Discard,
  { source, reporter }: { readonly source: Instance; readonly reporter: Reporter },
  signal: AbortSignal,
): Promise<void> {
  if (discard === undefined) return;
  reporter.report({ type: 'phase', name: 'clean-up', subject: job.handle });
  try {
    await discard(job.id, signal);
  } catch (error) {
    if (!isMigratorError(error) || error.code === 'CANCELLED') throw error;
    const message = `what the dry run needed is still on ${source.name}: ${error.message}`;
    reporter.report({ type: 'warning', message, hint: error.hint });
  }
}
