import type { Server } from '../server.ts';
import type { Type } from './types-and-relations.ts';

/** The names of a server's objects of each type. They are read once, when they are first asked for. */
export interface TargetNames {
  of(type: Type, signal: AbortSignal): Promise<ReadonlySet<string>>;
}

export function targetNames({ rest }: Server): TargetNames {
  const known = new Map<Type, ReadonlySet<string>>();
  return {
    of: async (type, signal) => {
      const before = known.get(type);
      if (before !== undefined) return before;
      const names = new Set<string>();
      for await (const { name } of rest.search(type, ['name'], signal)) if (typeof name === 'string') names.add(name);
      known.set(type, names);
      return names;
    },
  };
}
