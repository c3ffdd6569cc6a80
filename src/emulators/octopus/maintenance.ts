import type { Instance } from './instance.ts';

// The mode and the task that switched it on are two settings: a mode that an administrator set must survive a task.
const flag = 'maintenance';
const owner = 'maintenance-task';

export const isInMaintenance = (instance: Instance): boolean => instance.store.setting(flag) === 'on';

export function setMaintenance(instance: Instance, on: boolean): void {
  instance.store.keep(flag, on ? 'on' : undefined);
  instance.store.keep(owner, undefined);
}

/** A migration task puts the whole server into maintenance mode while it runs. */
export function enterMaintenance(instance: Instance, taskId: string): void {
  if (isInMaintenance(instance)) return;
  instance.store.keep(flag, 'on');
  instance.store.keep(owner, taskId);
}

/**
 * Ends the mode that a task began, not the one that an administrator set. The fault maintenance-stays-on keeps it on.
 */
export function leaveMaintenance(instance: Instance): void {
  if (instance.store.setting(owner) === undefined) return;
  if (instance.faults.take('maintenance-stays-on') !== undefined) return;
  setMaintenance(instance, false);
}
