// Ids in documents. In an export they have a fixed suffix, so that the server that imports them tells them from its own.
import { isObject } from '../../shared/json.ts';
import { looksLikeId } from '../kinds.ts';

const suffix = '-D4C63A85E7894C5D8C20D9297FEA1A43';

export const marked = (id: string): string => `${id}${suffix}`;

export const unmarked = (id: string): string => (id.endsWith(suffix) ? id.slice(0, -suffix.length) : id);

/** Which texts are ids: those of documents here, or those in an export. */
type IsId = (text: string) => boolean;

const isMarked: IsId = (text) => text.endsWith(suffix);

/** `teams-everyone`: what stands among ids in a list, although it is not the id of a document that has a number. */
const word = /^[A-Za-z]+(?:-[A-Za-z0-9]+)+$/;

/** The parts of a text that is an id, or a list with commas that holds ids. Undefined for any other text. */
function partsOf(text: string, isId: IsId): readonly string[] | undefined {
  if (!text.includes('-')) return undefined;
  const parts = text.split(',').map((part) => part.trim());
  return parts.some(isId) && parts.every((part) => isId(part) || word.test(part)) ? parts : undefined;
}

interface FoundId {
  /** The name of the member that holds it. */
  readonly member: string;
  readonly id: string;
}

function* find(value: unknown, isId: IsId, member: string): Generator<FoundId> {
  if (typeof value === 'string') {
    for (const id of partsOf(value, isId) ?? []) if (isId(id)) yield { member, id };
  } else if (Array.isArray(value)) {
    for (const one of value) yield* find(one, isId, member);
  } else if (isObject(value)) {
    for (const [name, one] of Object.entries(value)) {
      if (isId(name)) yield { member: name, id: name };
      yield* find(one, isId, name);
    }
  }
}

/** The id in place of another one; undefined takes it out. */
export type OtherId = (id: string) => string | undefined;

function replace(value: unknown, isId: IsId, other: OtherId): unknown {
  if (typeof value === 'string') {
    const parts = partsOf(value, isId);
    if (parts === undefined) return value;
    const kept = parts.map((part) => (isId(part) ? other(part) : part)).filter((part) => part !== undefined);
    return kept.length === 0 ? null : kept.join(',');
  }
  if (Array.isArray(value)) {
    return value.flatMap((one: unknown) => {
      const changed = replace(one, isId, other);
      return changed === null && one !== null ? [] : [changed];
    });
  }
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, one]) => {
      const key = isId(name) ? other(name) : name;
      return key === undefined ? [] : [[key, replace(one, isId, other)] as const];
    }),
  );
}

/** The ids of documents of this server in a document. */
export const idsIn = (value: unknown): readonly string[] => [...find(value, looksLikeId, '')].map(({ id }) => id);

/** The ids in a document of an export. */
export const markedIn = (value: unknown): readonly FoundId[] => [...find(value, isMarked, '')];

/** A copy with other ids. One without another goes from lists and keys; as a single value it becomes null. */
export const replaceIds = (value: unknown, other: OtherId): unknown => replace(value, looksLikeId, other);

/** The same for a document of an export. */
export const replaceMarked = (value: unknown, other: OtherId): unknown => replace(value, isMarked, other);
