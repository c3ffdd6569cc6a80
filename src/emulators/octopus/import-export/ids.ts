// Ids in an export have a fixed suffix, so that the server that imports them tells them from its own.
import { isObject } from '../../shared/json.ts';

const suffix = '-D4C63A85E7894C5D8C20D9297FEA1A43';

export const marked = (id: string): string => `${id}${suffix}`;

export const unmarked = (id: string): string => (id.endsWith(suffix) ? id.slice(0, -suffix.length) : id);

/** The ids in a text that is an id, or a list of ids with commas. Undefined for any other text. */
function markedIds(text: string): readonly string[] | undefined {
  if (!text.includes(suffix)) return undefined;
  const parts = text.split(',').map((part) => part.trim());
  return parts.every((part) => part.endsWith(suffix)) ? parts : undefined;
}

/** Each id with its suffix in a document, with the name of the member that holds it. */
export function* markedIn(value: unknown, member = ''): Generator<{ readonly member: string; readonly id: string }> {
  if (typeof value === 'string') {
    for (const id of markedIds(value) ?? []) yield { member, id };
  } else if (Array.isArray(value)) {
    for (const one of value) yield* markedIn(one, member);
  } else if (isObject(value)) {
    for (const [name, one] of Object.entries(value)) {
      if (name.endsWith(suffix)) yield { member: name, id: name };
      yield* markedIn(one, name);
    }
  }
}

/** A copy with other ids. An id without another one goes from lists and keys; as a single value it becomes null. */
export function replaceMarked(value: unknown, other: (id: string) => string | undefined): unknown {
  if (typeof value === 'string') {
    const ids = markedIds(value);
    if (ids === undefined) return value;
    const kept = ids.map(other).filter((id) => id !== undefined);
    return kept.length === 0 ? null : kept.join(',');
  }
  if (Array.isArray(value)) {
    return value.flatMap((one: unknown) => {
      const changed = replaceMarked(one, other);
      return changed === null && one !== null ? [] : [changed];
    });
  }
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, one]) => {
      const key = name.endsWith(suffix) ? other(name) : name;
      return key === undefined ? [] : [[key, replaceMarked(one, other)] as const];
    }),
  );
}
