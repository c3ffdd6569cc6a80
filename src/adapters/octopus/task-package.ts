import { MigratorError } from '../../errors.ts';
import type { PackageRef } from '../../ports/artifact.ts';
import { parsePackageName } from './package-name.ts';
import type { TaskResource } from './wire/schemas.ts';

type Shown = Pick<TaskResource, 'Id' | 'Name' | 'Description' | 'Arguments'>;

/**
 * CONFLICT when the task shows that it is not of the package that the handle names. A task shows its package in its
 * arguments, or as a file name in its description. Many servers show neither, and then nothing is refused.
 */
export function checkPackageOf(task: Shown, wanted: PackageRef | undefined): void {
  if (wanted === undefined) return;
  const { id, version } = packageShownBy(task);
  const isOther =
    (id !== undefined && id.toLowerCase() !== wanted.id.toLowerCase()) ||
    (version !== undefined && version !== wanted.version);
  const isMigration = task.Name === undefined || /^migration/i.test(task.Name);
  if (isMigration && !isOther) return;
  const shown = [id, version].filter((part) => part !== undefined).join(' ');
  const what = isOther ? `of ${shown}` : `a task ${task.Name ?? ''}`;
  throw new MigratorError('CONFLICT', `${task.Id} is ${what}, not of ${wanted.id} ${wanted.version}`, {
    hint: 'the handle is of another server, or was typed wrongly; list the jobs of this server',
    details: { task: task.Id, wanted: `${wanted.id}@${wanted.version}`, shown: shown === '' ? undefined : shown },
  });
}

/** Whether a task is certainly none of Projects Export/Import. The names of those are in no document of the product. */
export function isOtherTask(name: string | undefined): boolean {
  const known =
    /^(deploy|runbook|migration|health|retention|adhocscript|backup|upgrade|delete|synchronize|testemail|updatecalamari|configure)/i;
  return name !== undefined && known.test(name);
}

/** Id and version of the package, as far as the arguments or the description tell them. */
export function packageShownBy({ Arguments, Description }: Shown): Partial<PackageRef> {
  const id = argumentOf(Arguments, /^package_?id$/i);
  const version = argumentOf(Arguments, /^package_?version$/i);
  if (id !== undefined || version !== undefined) {
    return { ...(id === undefined ? {} : { id }), ...(version === undefined ? {} : { version }) };
  }
  const words = (Description ?? '').split(/[\s"'(),]+/).map((word) => word.replace(/\.zip$/i, ''));
  const named = words.filter((word) => /^[A-Za-z].*\.\d+\.\d+\.\d/.test(word)).map(parsePackageName);
  return named.find((ref) => ref !== undefined) ?? {};
}

function argumentOf(given: TaskResource['Arguments'], name: RegExp): string | undefined {
  const value = Object.entries(given).find(([key]) => name.test(key))?.[1];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
