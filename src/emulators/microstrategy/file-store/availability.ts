import { asObject } from '../../shared/json.ts';
import type { Instance } from '../instance.ts';
import { Refusal } from '../refusal.ts';
import { statShared } from './shared-folder.ts';

export const texts = {
  noService: 'The API requires MicroStrategy Storage Service. Please contact your administrator.',
  notConfigured:
    'The Storage Service is not configured properly, please contact your administrator to configure Storage Service',
  unreadable: 'The shared file cannot be accessed. It may be deleted or the storage location cannot be accessed.',
  unwritable:
    'Cannot create or modify the shared file. It may be temporarily unavailable for accessing the storage location.',
  clockSkew:
    'The time difference between the source and target environments should be five minutes or less. Please modify the environment system time and try again.',
} as const;

/** Only the messages are documented. Status 400 and ERR006 are our choice; `status=` of a fault changes the status. */
export function storageRefusal(instance: Instance, fault: string, text: string): Refusal | undefined {
  const taken = instance.faults.take(fault);
  return taken === undefined ? undefined : new Refusal(taken.values['status'] ?? 400, 'ERR006', text);
}

export interface StorageSettings {
  readonly type: string;
  readonly alias: string;
  readonly location: string;
}

export function storageSettings(instance: Instance): StorageSettings {
  const kept = instance.store.setting('storage');
  const usual = { type: 'file_system', alias: '', location: instance.storage };
  return kept === undefined ? usual : { ...usual, ...(asObject(JSON.parse(kept)) as Partial<StorageSettings>) };
}

/** All calls for migrations and shared files need the Storage Service. Most also need a configured location. */
export function needStorage(instance: Instance, { location = true } = {}): void {
  const missing = storageRefusal(instance, 'storage-service-missing', texts.noService);
  if (missing !== undefined) throw missing;
  if (!location) return;
  const unset =
    storageRefusal(instance, 'storage-not-configured', texts.notConfigured) ??
    (storageSettings(instance).type === 'file_system' ? undefined : new Refusal(400, 'ERR006', texts.notConfigured));
  if (unset !== undefined) throw unset;
}

/** A file of the store. 400 with the product's message when it is missing or cannot be read. */
export function needFile(instance: Instance, path: string): { readonly file: string; readonly size: number } {
  const fault = storageRefusal(instance, 'storage-unreadable', texts.unreadable);
  if (fault !== undefined) throw fault;
  const found = statShared(instance.storage, path);
  if (found === undefined) throw new Refusal(400, 'ERR006', texts.unreadable);
  return found;
}
