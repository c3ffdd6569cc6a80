import type { PackageRef } from '../../ports/artifact.ts';
import type { PackageEdit } from '../../ports/feed.ts';
import type { JobStatus } from '../../ports/job.ts';
import { feedVerb, type Instance } from '../instance.ts';
import { handleOf } from '../job-handle.ts';
import type { Outcome, Waiting } from '../operation.ts';
import { probe } from '../steps/preflight.ts';
import { judge } from '../steps/verdict.ts';
import { watch } from '../steps/watch.ts';
import type { JobWaitPorts } from './job-wait.ts';

export interface EditReport {
  readonly outcome: Outcome;
  readonly package: PackageRef;
  readonly handle: string;
  readonly status: JobStatus;
}

/** Lets a server build a package again, and waits for the job. */
export async function editPackage(
  change: PackageEdit,
  target: Instance,
  /** The package's name on the instance. USAGE when the name is not valid there. */
  refOn: (target: Instance) => PackageRef,
  waiting: Waiting,
  { clock, reporter }: JobWaitPorts,
  signal: AbortSignal,
): Promise<EditReport> {
  const edit = feedVerb(target, 'edit');
  const ref = refOn(target);
  await probe(target, reporter, signal);
  const { job, notes } = await edit(ref, change, signal);
  for (const message of notes) reporter.report({ type: 'notice', message });
  const { jobs } = target.adapter;
  const handle = handleOf(target, job);
  if (!waiting.wait) return { outcome: 'started', package: ref, handle, status: await jobs.status(job, signal) };
  const status = await watch(jobs, job, handle, { ...waiting, clock, reporter }, signal);
  return { outcome: judge(handle, status), package: ref, handle, status };
}
