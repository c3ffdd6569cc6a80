import type { Instance } from '../instance.ts';
import { referencesOf } from '../model/relations.ts';
import type { Item, Values } from '../objects.ts';
import { ServerError } from '../refusal.ts';

import { setRelation, target, writeColumns } from '../write-object.ts';

/** The time of the last change of all sample objects, so that the data is the same each time. */
const made = '2026-11-02 08:00:00.000000';

export interface Builder {
  readonly instance: Instance;
  /** The values include relations, by name. The named objects must exist. */
  readonly add: (type: string, name: string, values?: Values) => Item;
}

export function createBuilder(instance: Instance): Builder {
  return {
    instance,
    add(type, name, values = {}) {
      const given = { name, last_modified: made, last_modified_by: 'admin', ...values };
      const { item } = writeColumns(instance, type, given, { caller: undefined });
      for (const one of referencesOf(item.model, item.type)) {
        const value = values[one.key];
        if (value === undefined) continue;
        const others = (Array.isArray(value) ? (value as unknown[]) : [value]).map((wanted) => {
          const found = target(instance, one, wanted);
          if (found === undefined)
            throw new ServerError(`the sample names "${String(wanted)}", which it does not have`);
          return found;
        });
        setRelation(instance, item, one, others);
      }
      return item;
    },
  };
}
