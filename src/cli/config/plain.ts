/** Where a configuration cannot be taken as data, and why. */
export interface PlainFault {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** No rc file has so many values. Aliases that refer to aliases have millions. */
const mostValues = 20_000;
const deepest = 40;

/** Thrown inside this file only. */
class Stopped extends Error {
  readonly fault: PlainFault;

  constructor(path: readonly PropertyKey[], message: string) {
    super(message);
    this.fault = { path, message };
  }
}

/**
 * A copy that holds no getters and no value twice, so that it can be walked without a surprise. What is no data, such as a
 * date or a function, stays as it is, and the schema refuses it.
 */
export function plainCopy(value: unknown): { readonly copy: unknown; readonly fault?: PlainFault } {
  let values = 0;
  const above = new Set<unknown>();
  const copied = (item: unknown, path: readonly PropertyKey[]): unknown => {
    values += 1;
    if (values > mostValues) {
      throw new Stopped([], `has more than ${String(mostValues)} values, counted through all aliases`);
    }
    if (!isGroup(item)) return item;
    if (above.has(item)) throw new Stopped(path, 'refers to a group that it is a part of');
    if (path.length > deepest) throw new Stopped([], `has more than ${String(deepest)} levels`);
    above.add(item);
    try {
      return Array.isArray(item)
        ? item.map((entry, index) => copied(entry, [...path, index]))
        : Object.fromEntries(Object.keys(item).map((key) => [key, member(item, key, path)]));
    } finally {
      above.delete(item);
    }
  };
  const member = (group: object, key: string, path: readonly PropertyKey[]): unknown => {
    if (key === '__proto__') throw new Stopped([...path, key], 'cannot be the name of a key');
    return copied((group as Record<string, unknown>)[key], [...path, key]);
  };
  try {
    return { copy: copied(value, []) };
  } catch (error) {
    if (error instanceof Stopped) return { copy: undefined, fault: error.fault };
    // Code of the file ran: a getter or a proxy.
    const reason = error instanceof Error ? error.message : 'its code failed';
    return { copy: undefined, fault: { path: [], message: `cannot be read: ${reason}` } };
  }
}

function isGroup(value: unknown): value is object {
  return Array.isArray(value) || Object.prototype.toString.call(value) === '[object Object]';
}
