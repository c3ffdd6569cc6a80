import { MigratorError } from '../../errors.ts';
import type { PackageRef } from '../../ports/artifact.ts';

/**
 * `ServerTasks-12/<package id>@<version>`. The task is what status, log and cancel look at. With the package, an export
 * can be fetched on a machine that has nothing but the handle. The task alone, as the web portal shows it, is accepted
 * too.
 */
export function jobId(task: string, ref: PackageRef): string {
  return `${task}/${ref.id}@${ref.version}`;
}

export interface ParsedJobId {
  readonly task: string;
  readonly package: PackageRef | undefined;
}

/** NOT_FOUND when it cannot be the id of a task. */
export function parseJobId(id: string): ParsedJobId {
  const [, task, packageId, version] = /^(ServerTasks-\d+)(?:\/([^@/\s]+)@([^@/\s]+))?$/.exec(id.trim()) ?? [];
  if (task === undefined) {
    throw new MigratorError('NOT_FOUND', `${id} is not the id of an Octopus Deploy task`, {
      hint: 'task ids look like ServerTasks-1234',
    });
  }
  const ref = packageId === undefined || version === undefined ? undefined : { id: packageId, version };
  return { task, package: ref };
}
