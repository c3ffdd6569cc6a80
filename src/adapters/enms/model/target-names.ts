import { inParallel } from '../../../streams/in-parallel.ts';
import type { Server } from '../server.ts';
import type { Type } from './types-and-relations.ts';

/** The names of a server's objects of each type. They are read once, when they are first asked for. */
export interface TargetNames {
  of(type: Type, signal: AbortSignal): Promise<ReadonlySet<string>>;
  /** Reads the names of these types side by side. */
  load(types: readonly Type[], signal: AbortSignal): Promise<void>;
  /** The subtypes of which the lists that were read have an object. The server knows them. */
  readonly subtypes: ReadonlySet<string>;
}

const width = 4;

export function targetNames({ rest }: Server): TargetNames {
  const known = new Map<Type, ReadonlySet<string>>();
  const subtypes = new Set<string>();
  const of = async (type: Type, signal: AbortSignal): Promise<ReadonlySet<string>> => {
    const before = known.get(type);
    if (before !== undefined) return before;
    const names = new Set<string>();
    for await (const { name, type: subtype } of rest.search(type, ['name', 'type'], signal)) {
      if (typeof name === 'string') names.add(name);
      if (typeof subtype === 'string') subtypes.add(subtype);
    }
    known.set(type, names);
    return names;
  };
  return {
    of,
    load: async (types, signal) => {
      const read = async (type: Type) => ({ type, names: await of(type, signal) });
      for await (const { type, names } of inParallel(types, width, read)) known.set(type, names);
    },
    subtypes,
  };
}
