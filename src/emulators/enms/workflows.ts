import type { Instance } from './instance.ts';
import type { Item } from './objects.ts';
import { columnsOf, reference, relatedItems } from './serialize.ts';
import { setRelation } from './write-object.ts';

/** The positions at which the product draws the shared services. */
const places: readonly (readonly [string, readonly [number, number]])[] = [
  ['[Shared] Start', [0, 0]],
  ['[Shared] End', [500, 0]],
];

/** Gives a new workflow the shared services with which it begins and ends. */
export function addSharedServices(instance: Instance, workflow: Item): void {
  const { objects } = instance;
  const already = relatedItems(instance, workflow, 'services');
  const added = places.flatMap(([name, position]) => {
    const service = objects.find('service', name);
    if (service === undefined || already.some(({ place }) => place === service.place)) return [];
    const positions = { ...(columnsOf(instance, service)['positions'] as object), [workflow.name]: position };
    objects.save({ ...service, values: { ...service.values, positions } });
    return [service];
  });
  setRelation(instance, workflow, reference(workflow, 'services'), [...added, ...already]);
}

/** `[Shared] name`, `[workflow] name`, or the plain name of a service outside of workflows. */
export function workflowName(instance: Instance, service: Item): string {
  const { scoped_name: scoped, shared } = columnsOf(instance, service);
  if (typeof scoped !== 'string' || scoped === '') return service.name;
  if (shared === true) return `[Shared] ${scoped}`;
  const [workflow] = relatedItems(instance, service, 'workflows');
  if (workflow !== undefined) return `[${workflow.name}] ${scoped}`;
  return service.name;
}
