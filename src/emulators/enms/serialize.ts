// Turns rows into what clients and files contain: properties with defaults, derived columns, relations by name.
import type { Instance } from './instance.ts';
import { accessLists, kindNamed, type Kind } from './model/kinds.ts';
import { referencesOf, type Reference } from './model/relations.ts';
import type { Item, Values } from './objects.ts';
import { ServerError } from './refusal.ts';

export function kindOf(item: Item): Kind {
  const kind = kindNamed(item.type);
  if (kind === undefined) throw new ServerError(`there is no class '${item.type}'`);
  return kind;
}

const valueOf = ({ values }: Item, column: { readonly name: string; readonly default: unknown }): unknown => {
  const set = values[column.name];
  return set === undefined ? column.default : set;
};

/** All stored columns, with private ones but without derived ones. */
export function columnsOf(instance: Instance, item: Item): Record<string, unknown> {
  const columns: Record<string, unknown> = {};
  for (const column of instance.custom.columns(kindOf(item))) columns[column.name] = valueOf(item, column);
  return columns;
}

export function reference(item: Item, key: string): Reference {
  const found = referencesOf(item.model, item.type).find((one) => one.key === key);
  if (found === undefined) throw new ServerError(`'${item.type}' has no attribute '${key}'`);
  return found;
}

export const relatedItems = (instance: Instance, item: Item, key: string): readonly Item[] => {
  const { relation, side } = reference(item, key);
  return instance.objects.related(relation, side, item.place);
};

function endOf(instance: Instance, item: Item, key: string, wanted: 'id' | 'both'): Values {
  const [end] = relatedItems(instance, item, key);
  return { [`${key}_id`]: end?.id ?? null, ...(wanted === 'both' ? { [`${key}_name`]: end?.name ?? null } : {}) };
}

/** The rights of a user: those of all groups. */
export function accessOf(instance: Instance, user: Item): Readonly<Record<string, readonly string[]>> {
  const groups = relatedItems(instance, user, 'groups').map((group) => columnsOf(instance, group));
  return Object.fromEntries(
    accessLists.map((list) => {
      const all = groups.flatMap((group) => (Array.isArray(group[list]) ? (group[list] as string[]) : []));
      return [list, [...new Set(all)].sort()];
    }),
  );
}

/** Columns that are computed when they are read. */
function derivedOf(instance: Instance, item: Item): Values {
  switch (item.model) {
    case 'link':
      return { ...endOf(instance, item, 'source', 'both'), ...endOf(instance, item, 'destination', 'both') };
    case 'pool':
      return {
        device_number: instance.objects.countRelated(reference(item, 'devices').relation, 'near', item.place),
        link_number: instance.objects.countRelated(reference(item, 'links').relation, 'near', item.place),
      };
    case 'task':
      return {
        service_name: relatedItems(instance, item, 'service')[0]?.name ?? null,
        next_run_time: null,
        time_before_next_run: null,
        // An embedded server has no scheduler.
        status: item.values['is_active'] === true ? 'Scheduler Unreachable' : 'Inactive',
      };
    case 'workflow_edge':
      return {
        ...endOf(instance, item, 'source', 'id'),
        ...endOf(instance, item, 'destination', 'id'),
        ...endOf(instance, item, 'workflow', 'id'),
      };
    case 'user':
      return accessOf(instance, item);
    default:
      return {};
  }
}

/** The columns that REST shows of an object, without relations. */
export function propertiesOf(instance: Instance, item: Item): Record<string, unknown> {
  const shown: Record<string, unknown> = { id: item.id, name: item.name, type: item.type };
  for (const column of instance.custom.columns(kindOf(item))) {
    if (column.shown) shown[column.name] = valueOf(item, column);
  }
  return Object.assign(shown, derivedOf(instance, item));
}

/** Relations by name. A reference to one object is a name, or has no key when there is none. */
export function relationNames(instance: Instance, item: Item, wanted: (one: Reference) => boolean): Values {
  const names: Record<string, unknown> = {};
  for (const one of referencesOf(item.model, item.type)) {
    if (!wanted(one)) continue;
    const found = instance.objects.relatedNames(one.relation, one.side, item.place);
    if (!one.scalar) names[one.key] = found;
    else if (found[0] !== undefined) names[one.key] = found[0];
  }
  return names;
}

export const instanceDocument = (instance: Instance, item: Item): Values => ({
  ...propertiesOf(instance, item),
  ...relationNames(instance, item, () => true),
});

/** An object with whole objects instead of names, as in the answer to a deletion. */
export function nestedDocument(instance: Instance, item: Item): Values {
  const relations: Record<string, unknown> = {};
  for (const { key, scalar, relation, side } of referencesOf(item.model, item.type)) {
    const found = instance.objects.related(relation, side, item.place).map((one) => propertiesOf(instance, one));
    if (!scalar) relations[key] = found;
    else if (found[0] !== undefined) relations[key] = found[0];
  }
  const { positions } = columnsOf(instance, item);
  return { ...propertiesOf(instance, item), ...(positions === undefined ? {} : { positions }), ...relations };
}
