import type { Type } from '../model/types-and-relations.ts';
import type { Server } from '../server.ts';
import type { WireObject } from '../wire/schemas.ts';

/** Types that are drawn somewhere: services in workflows, devices and networks in networks. */
const drawn: readonly Type[] = ['device', 'service', 'network'];

/** Adds to an object where it is drawn. */
export type Placing = (object: WireObject) => WireObject;

/**
 * Where the objects of a type are drawn: `positions`, by the name of the workflow or network. A query and an object leave
 * it out, a search gives it (seen on 4.7.1).
 */
export async function positionsOf({ rest }: Server, type: Type, signal: AbortSignal): Promise<Placing> {
  const found = new Map<unknown, WireObject[string]>();
  if (drawn.includes(type))
    for await (const { name, positions } of rest.search(type, ['name', 'positions'], signal))
      if (typeof positions === 'object' && positions !== null) found.set(name, positions);
  return (object) => {
    const positions = found.get(object['name']);
    return positions === undefined ? object : { ...object, positions };
  };
}
