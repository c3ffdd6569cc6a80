import { isComputed } from './carried-fields.ts';
import type { PackagedObject } from './package-content.ts';
import { relationOf, type Relation, type Type } from './types-and-relations.ts';

export interface Reference {
  readonly key: string;
  readonly relation: Relation;
  readonly names: readonly string[];
}

/** The names of other objects in an object. */
export function referencesOf(type: Type, object: PackagedObject): readonly Reference[] {
  return Object.entries(object).flatMap(([key, value]) => {
    const relation = relationOf(type, key);
    if (relation === undefined || isComputed(type, key, object)) return [];
    const names = Array.isArray(value) ? value.filter((name) => typeof name === 'string') : namesOf(value);
    return names.length === 0 ? [] : [{ key, relation, names }];
  });
}

function namesOf(value: unknown): string[] {
  return typeof value === 'string' && value !== '' ? [value] : [];
}
