import { canonical } from '../../../canonical.ts';
import type { WireObject } from '../wire/schemas.ts';
import { isComputed, isDerived, isIncidental, isOtherEnd } from './carried-fields.ts';
import type { PackagedObject } from './package-content.ts';
import { relationOf, type Type } from './types-and-relations.ts';

export interface Comparison {
  /** The keys with different values. */
  readonly differs: readonly string[];
  /** The names that lists of the server lose, by the key of the list. */
  readonly loses: Readonly<Record<string, readonly string[]>>;
  /** The keys that the import writes, and that cannot be compared, because the server does not show them: passwords. */
  readonly hidden: readonly string[];
  /**
   * The relations that are empty in the package and not on the server. A migration does not set empty relations, so
   * they stay.
   */
  readonly keeps: readonly string[];
}

/**
 * Compares an object of a package with the server's object of the same name. `clears`: the import writes empty
 * relations too. `readers`: the server gives these groups the right to read whatever the import writes.
 */
export function comparisonOf(
  type: Type,
  packaged: PackagedObject,
  there: WireObject,
  { way, clears, readers }: Writing,
): Comparison {
  const differs: string[] = [];
  const loses: Record<string, readonly string[]> = {};
  const hidden: string[] = [];
  const keeps: string[] = [];
  for (const [key, value] of Object.entries(packaged)) {
    if (isIncidental(type, key) || isDerived(type, key) || isComputed(type, key, packaged)) continue;
    if (way === 'rest' && isOtherEnd(type, key)) continue;
    const relation = relationOf(type, key);
    const isRelation = relation !== undefined;
    // The API leaves a single name out when it is not set.
    if (!Object.hasOwn(there, key) && (relation?.scalar !== true || isEmpty(value))) {
      if (way === 'web' && !isRelation && !isEmpty(value)) hidden.push(key);
      continue;
    }
    // The server adds positions to those that an object has.
    if (key === 'positions' && isWithin(value, there[key])) continue;
    const [own, other] = [value, there[key]].map((one) => (key === 'rbac_read' ? without(one, readers) : one));
    if (comparable(own, isRelation) === comparable(other, isRelation)) continue;
    if (isRelation && !clears && isEmpty(value)) {
      keeps.push(key);
      continue;
    }
    differs.push(key);
    if (isRelation) loses[key] = namesLost(own, other);
  }
  return { differs, loses, hidden, keeps };
}

interface Writing {
  readonly way: string;
  readonly clears: boolean;
  readonly readers?: ReadonlySet<string> | undefined;
}

function namesLost(own: unknown, other: unknown): readonly string[] {
  if (!Array.isArray(own) || !Array.isArray(other)) return [];
  return other.filter((name) => !own.includes(name)).map(String);
}

/** Whether the server has all entries of a map already. */
function isWithin(value: unknown, there: unknown): boolean {
  if (!isMap(value) || !isMap(there)) return false;
  return Object.entries(value).every(([key, one]) => canonical(one) === canonical(there[key] ?? null));
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function without(value: unknown, names: ReadonlySet<string> | undefined): unknown {
  return Array.isArray(value) && names !== undefined ? value.filter((name) => !names.has(String(name))) : value;
}

function isEmpty(value: unknown): boolean {
  return value === null || value === '' || (Array.isArray(value) && value.length === 0);
}

/** A text that is the same for equal values. The order of a relation does not matter. */
function comparable(value: unknown, sorted: boolean): string {
  const parts = Array.isArray(value) && sorted ? value.map((item) => canonical(item)).sort() : value;
  return canonical(parts);
}
