import type { Instance } from './instance.ts';

// The flag and who raised it are two settings, so that a task which dies can be told from an administrator's wish.
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

/** Ends what `enterMaintenance` began; what an administrator switched on stays on. Fault maintenance-stays-on: it stays in any case. */
export function leaveMaintenance(instance: Instance): void {
  if (instance.store.setting(owner) === undefined) return;
  if (instance.faults.take('maintenance-stays-on') !== undefined) return;
  setMaintenance(instance, false);
}
