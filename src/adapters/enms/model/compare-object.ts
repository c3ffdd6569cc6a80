import { canonical } from '../../../canonical.ts';
import type { WireObject } from '../wire/schemas.ts';
import { isComputed, isDerived, isIncidental } from './carried-fields.ts';
import type { PackagedObject } from './package-content.ts';
import { relationOf, type Type } from './types-and-relations.ts';

export interface Comparison {
  /** The keys with different values. What the REST API does not give cannot be compared. */
  readonly differs: readonly string[];
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
  { clears, readers }: { readonly clears: boolean; readonly readers?: ReadonlySet<string> | undefined },
): Comparison {
  const differs: string[] = [];
  const keeps: string[] = [];
  for (const [key, value] of Object.entries(packaged)) {
    if (isIncidental(type, key) || isDerived(type, key) || isComputed(type, key, packaged)) continue;
    const relation = relationOf(type, key);
    const isRelation = relation !== undefined;
    // The API leaves a single name out when it is not set.
    if (!Object.hasOwn(there, key) && (relation?.scalar !== true || isEmpty(value))) continue;
    const [own, other] = [value, there[key]].map((one) => (key === 'rbac_read' ? without(one, readers) : one));
    if (comparable(own, isRelation) === comparable(other, isRelation)) continue;
    if (isRelation && !clears && isEmpty(value)) keeps.push(key);
    else differs.push(key);
  }
  return { differs, keeps };
}

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
