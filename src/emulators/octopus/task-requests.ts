// The request of a task that was started by a call of its own. It is kept until the task has ended, for after a restart,
// and encrypted as a whole, because it holds a password.
import type { Instance } from './instance.ts';

const name = (taskId: string) => `migration:${taskId.toLowerCase()}`;

export function keepRequest(instance: Instance, taskId: string, request: object): void {
  instance.store.keep(name(taskId), instance.vault.seal(JSON.stringify(request)).$sensitive);
}

/** The caller knows the type of request from the type of task. */
export function keptRequest(instance: Instance, taskId: string): unknown {
  const kept = instance.store.setting(name(taskId));
  if (kept === undefined) return undefined;
  return JSON.parse(instance.vault.reveal({ $sensitive: kept })) as unknown;
}

export const forgetRequest = (instance: Instance, taskId: string): void => instance.store.keep(name(taskId), undefined);
