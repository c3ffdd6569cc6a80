import { MigratorError } from '../../errors.ts';
import type { PackageRef } from '../../ports/artifact.ts';

/** The part of a job id that says that it is a task of Projects Export/Import, and which one. */
const kinds = { 'project-export': 'export', 'project-import': 'import' } as const;

/**
 * `ServerTasks-12/<package id>@<version>`. The task is what status, log and cancel look at. With the package, an export
 * can be fetched on a machine that has nothing but the handle. The task alone, as the web portal shows it, is accepted
 * too. `ServerTasks-12/project-export/<package id>@<version>` is a task of Projects Export/Import: the name of such a task
 * is in no document of the product.
 */
export function jobId(task: string, ref: PackageRef, projects?: 'export' | 'import'): string {
  return `${task}/${projects === undefined ? '' : `project-${projects}/`}${spelled(ref.id)}@${spelled(ref.version)}`;
}

/** The name of a file may be the id of a package, and people name files as they like. */
const spelled = (text: string): string => text.replace(/[\s/@%]/gu, (character) => encodeURIComponent(character));

function readable(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** `ServerTasks-12` of any of them. */
export function shortId(id: string): string {
  return /^ServerTasks-\d+(?=\/)/.exec(id)?.[0] ?? id;
}

export interface ParsedJobId {
  readonly task: string;
  readonly package: PackageRef | undefined;
  /** What a task of Projects Export/Import does. Undefined for all others. */
  readonly projects: 'export' | 'import' | undefined;
}

/** NOT_FOUND when it cannot be the id of a task. */
export function parseJobId(id: string): ParsedJobId {
  const [, task, kind, packageId, version] =
    /^(ServerTasks-\d+)(?:\/(?:(project-export|project-import)\/)?([^@/\s]+)@([^@/\s]+))?$/.exec(id.trim()) ?? [];
  if (task === undefined) {
    throw new MigratorError('NOT_FOUND', `${id} is not the id of an Octopus Deploy task`, {
      hint: 'task ids look like ServerTasks-1234',
    });
  }
  const ref =
    packageId === undefined || version === undefined
      ? undefined
      : { id: readable(packageId), version: readable(version) };
  const projects = kind === undefined ? undefined : kinds[kind as keyof typeof kinds];
  return { task, package: ref, projects };
}
