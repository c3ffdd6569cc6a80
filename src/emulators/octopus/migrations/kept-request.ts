import type { Instance } from '../instance.ts';
import type { ExportRequest, ImportRequest } from './request.ts';

const name = (taskId: string) => `migration:${taskId.toLowerCase()}`;

/** A queued task outlives a restart, so its request is kept, sealed as a whole: it holds the password. */
export function keepRequest(instance: Instance, taskId: string, request: ExportRequest | ImportRequest): void {
  instance.store.keep(name(taskId), instance.vault.seal(JSON.stringify(request)).$sensitive);
}

export function keptRequest(instance: Instance, taskId: string): ExportRequest | ImportRequest | undefined {
  const kept = instance.store.setting(name(taskId));
  if (kept === undefined) return undefined;
  return JSON.parse(instance.vault.reveal({ $sensitive: kept })) as ExportRequest | ImportRequest;
}

export const forgetRequest = (instance: Instance, taskId: string): void => instance.store.keep(name(taskId), undefined);
