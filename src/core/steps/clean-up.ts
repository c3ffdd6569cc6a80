import { isMigratorError } from '../../errors.ts';
import type { PackageRef } from '../../ports/artifact.ts';
import type { Reporter } from '../../ports/reporter.ts';
import { facet, type Instance } from '../instance.ts';
import { describeRef, formatRef } from '../package-ref.ts';
import type { StartedJob } from './exactly-once.ts';

/** Something that a dry run had to put on a server, and how it goes away. */
interface Leftover {
  readonly subject: string;
  /** What to say when it stays: the sentence before the reason. */
  readonly stays: string;
  /** How the user removes it. Default: the hint of the failure. */
  readonly hint?: string;
  readonly remove: () => Promise<unknown>;
}

/** Removes the package that a dry run put into the target's feed. */
export function removePackage(
  ref: PackageRef,
  target: Instance,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<void> {
  const leftover = {
    subject: `${describeRef(ref)} on ${target.name}`,
    stays: `the package uploaded for the dry run is still on ${target.name}`,
    hint: `remove it with: migrator package delete ${formatRef(ref)} --from ${target.name}`,
    remove: () => facet(target, 'feed').delete(ref, signal),
  };
  return cleanUp(leftover, reporter);
}

/** Lets the source remove what it made for a dry run, where its adapter can. */
export async function discardJob(
  { id, handle }: Pick<StartedJob, 'id' | 'handle'>,
  owner: { discard?(jobId: string, signal: AbortSignal): Promise<void> },
  { source, reporter }: { readonly source: Instance; readonly reporter: Reporter },
  signal: AbortSignal,
): Promise<void> {
  if (owner.discard === undefined) return;
  const stays = `what the dry run needed is still on ${source.name}`;
  await cleanUp({ subject: handle, stays, remove: async () => owner.discard?.(id, signal) }, reporter);
}

/** What cannot be removed is a warning: the work itself is done. */
async function cleanUp({ subject, stays, hint, remove }: Leftover, reporter: Reporter): Promise<void> {
  reporter.report({ type: 'phase', name: 'clean-up', subject });
  try {
    await remove();
  } catch (error) {
    if (!isMigratorError(error) || error.code === 'CANCELLED') throw error;
    reporter.report({ type: 'warning', message: `${stays}: ${error.message}`, hint: hint ?? error.hint });
  }
}
