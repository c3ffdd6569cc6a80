import type { Random } from '../support/random.ts';

type Holder = Record<string, unknown> | unknown[];

/** A place in a document. `set` writes there; undefined takes the member away. */
export interface Place {
  /** The member names down to it; of a list, the numbers. */
  readonly path: readonly string[];
  readonly value: unknown;
  readonly set: (value: unknown) => void;
}

export const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** All places in a document, outer ones first. */
export function places(document: unknown, path: readonly string[] = []): readonly Place[] {
  if (typeof document !== 'object' || document === null) return [];
  const holder = document as Holder;
  return Object.entries(holder).flatMap(([key, value]): readonly Place[] => {
    const set = (to: unknown): void => {
      if (Array.isArray(holder)) {
        if (to === undefined) holder.splice(Number(key), 1);
        else holder[Number(key)] = to;
      } else if (to === undefined) Reflect.deleteProperty(holder, key);
      else holder[key] = to;
    };
    return [{ path: [...path, key], value, set }, ...places(value, [...path, key])];
  });
}

/** Another value of the same type. */
export function another(value: string | number | boolean, random: Random): string | number | boolean {
  if (typeof value === 'boolean') return !value;
  return typeof value === 'number' ? value + 1 + random.below(5) : random.word();
}

/** A list in another order. It has at least two items. */
export function swapped(list: readonly unknown[]): readonly unknown[] {
  return [list[1], list[0], ...list.slice(2)];
}
