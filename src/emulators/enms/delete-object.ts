import type { Instance } from './instance.ts';
import { cascadesOf } from './model/relations.ts';
import type { Item, Values } from './objects.ts';
import { removeOne } from './remove-object.ts';
import { ServerError } from './refusal.ts';
import { nestedDocument } from './serialize.ts';

/** Services that every workflow needs. */
export const sharedServices = ['[Shared] Start', '[Shared] End', '[Shared] Placeholder'];

const refused = (log: string): Values => ({ delete_aborted: true, log, log_level: 'error' });

function refusal(item: Item, caller: Item): Values | undefined {
  if (item.model === 'user' && item.place === caller.place) return refused('A user cannot be deleted while logged in.');
  if (item.model === 'service' && sharedServices.includes(item.name)) {
    return refused(`It is not allowed to delete '${item.name}'.`);
  }
  return undefined;
}

/** Deletes an object and what depends on it. Returns what it was, or that it must stay. */
export function deleteObject(instance: Instance, item: Item, caller: Item): Values {
  const stays = refusal(item, caller);
  if (stays !== undefined) return stays;
  if (item.model === 'task') callScheduler(instance, item);
  const document = nestedDocument(instance, item);
  instance.objects.atomically(() => removeOne(instance, item));
  return document;
}

/** A task that is deleted is taken from the scheduler, which is called by an address that somebody has set. */
function callScheduler({ objects }: Instance, task: Item): void {
  const address = objects.page('server', 0, 1)[0]?.values['scheduler_address'];
  if (typeof address !== 'string' || /^https?:\/\//.test(address)) return;
  const url = `${address}/delete_job/${task.id}`;
  throw new ServerError(`requests.exceptions.MissingSchema: Invalid URL '${url}': No scheme supplied.`);
}

/** Deletes all rows of a model except the caller's own and the shared services. Files on disk stay. */
export function emptyModel(instance: Instance, model: string, caller: Item): void {
  const [task] = model === 'task' ? instance.objects.page('task', 0, 1) : [];
  if (task !== undefined) callScheduler(instance, task);
  const spared = [
    ...(model === 'user' ? [caller] : []),
    ...(model === 'service' ? sharedServices.map((name) => instance.objects.find('service', name)) : []),
  ].flatMap((item) => (item === undefined ? [] : [item.place]));
  instance.objects.atomically(() => instance.objects.removeAll(model, spared, cascadesOf(model)));
}
