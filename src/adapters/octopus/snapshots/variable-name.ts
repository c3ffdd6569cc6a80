import { isFields, listOf, type NameOf } from './carried-fields.ts';

/** Name and scope together tell a variable from the others of its set. This is the scope, in a fixed order. */
export function scopeText(scope: unknown, nameOf: NameOf): string {
  const parts = Object.entries(isFields(scope) ? scope : {}).flatMap(([part, values]) => {
    const names = listOf(values).flatMap((value) => (typeof value === 'string' ? [nameOf(value) ?? value] : []));
    return names.length === 0 ? [] : [`${part}: ${names.toSorted().join(', ')}`];
  });
  return parts.length === 0 ? '' : ` [${parts.toSorted().join('; ')}]`;
}
