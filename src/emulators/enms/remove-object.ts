import type { Instance } from './instance.ts';
import { cascadesOf } from './model/relations.ts';
import type { Item } from './objects.ts';

/** Removes an object and those that depend on it. Files on disk stay. */
export function removeOne(instance: Instance, item: Item): void {
  for (const relation of cascadesOf(item.model)) {
    for (const near of instance.objects.related(relation, 'far', item.place)) removeOne(instance, near);
  }
  instance.objects.remove(item.place);
}
