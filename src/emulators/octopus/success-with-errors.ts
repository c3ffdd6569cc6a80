import { putTask } from './tasks.ts';
import type { TaskRun } from './task-queue.ts';

/**
 * Users report an import that could not read its folder and ended in Success. With `quiet=1` no flag tells of it. True
 * when the import is over, by whatever way.
 */
export function succeededWithErrors({ instance, log, task }: TaskRun, finish: () => void): boolean {
  const fault = instance.faults.take('success-with-errors');
  if (fault === undefined) return false;
  const folder = String.raw`C:\Octopus\OctopusServer\Work\import`;
  log.write('Error', `Could not find a part of the path '${folder}'.\nSystem.IO.DirectoryNotFoundException`);
  finish();
  if (fault.values['quiet'] === 1) {
    const after = instance.store.get('ServerTasks', task.id);
    if (after !== undefined) putTask(instance, { ...after.body, $warned: false });
  }
  return true;
}
