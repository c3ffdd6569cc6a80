import { MigratorError } from '../../errors.ts';
import { nearestOf } from '../../nearest.ts';

export interface Named {
  readonly id: string;
  readonly name: string;
}

export type Match<Item> =
  | { readonly found: Item; readonly note?: string }
  | { readonly found: undefined; readonly candidates: readonly Item[]; readonly nearest: readonly string[] };

const mostNearest = 3;

/**
 * One item by its name or id. An exact match is taken first, else the only item whose name is composed of other code
 * points (é as one or as two), else the only item that differs in case or in blanks around it; a note then tells the
 * name that was taken. `candidates` are several items that fit; when none fits,
 * `nearest` are names that are like the wanted one.
 */
export function matchByName<Item extends Named>(items: readonly Item[], wanted: string): Match<Item> {
  const key = folded(wanted);
  const fitting = [
    items.filter(({ id, name }) => name === wanted || id === wanted),
    items.filter(({ name }) => name.normalize('NFC') === wanted.normalize('NFC')),
    items.filter(({ id, name }) => folded(name) === key || folded(id) === key),
  ].find((some) => some.length > 0);
  if (fitting === undefined) return { found: undefined, candidates: [], nearest: likeNames(items, wanted) };
  const [found, ...others] = fitting;
  if (found === undefined || others.length > 0) return { found: undefined, candidates: fitting, nearest: [] };
  const isClear = found.name.normalize('NFC') === wanted.normalize('NFC') || folded(found.id) === key;
  return isClear ? { found } : { found, note: `took "${found.name}" for "${wanted}"` };
}

function likeNames(items: readonly Named[], wanted: string): readonly string[] {
  const names = items.map(({ name }) => name);
  const meant = items.find(({ name }) => folded(name) === folded(unescaped(wanted)));
  if (meant !== undefined) return [`${meant.name} (%20 is a space: write the name as it is)`];
  const key = folded(wanted);
  const holding = names.filter((name) => folded(name).includes(key) || key.includes(folded(name)));
  return [...new Set([...nearestOf(wanted, names), ...holding])].slice(0, mostNearest);
}

/**
 * USAGE: each of the `wanted` names fits more than one item. `candidates` are the items that the first of them fits.
 */
export function severalFit(kind: string, wanted: readonly string[], candidates: readonly Named[]): MigratorError {
  return new MigratorError('USAGE', `more than one ${kind} could be meant by ${wanted[0] ?? ''}`, {
    hint: `name it by its id: ${candidates.map(({ id, name }) => `${id} (${spelled(name)})`).join(', ')}`,
    details: { ambiguous: wanted },
  });
}

/**
 * NOT_FOUND with all names that are missing, each once. `where`: ` on lab`. A move asks two servers, so it must tell on which
 * one they are missing.
 */
export function noProjects(names: readonly string[], where: string, hint: string): MigratorError {
  const missing = [...new Set(names)];
  const what = missing.length === 1 ? 'there is no project' : 'there are no projects';
  return new MigratorError('NOT_FOUND', `${what} ${missing.join(', ')}${where}`, { hint, details: { missing } });
}

/** The hint that offers these names; `otherwise` when the list is empty. */
export function didYouMean(names: readonly string[], otherwise: string): string {
  return names.length > 0 ? `did you mean ${[...new Set(names)].join(', ')}?` : otherwise;
}

function folded(text: string): string {
  return text.normalize('NFC').trim().toLowerCase();
}

/** Without the escapes of a URL. */
function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A name whose twins look the same: blanks around it are shown in quotes, other characters than ASCII by their codes. */
function spelled(name: string): string {
  const codes = Array.from(name, (character) => character.codePointAt(0) ?? 0).filter((code) => code > 0x7e);
  const shown = name === name.trim() ? name : JSON.stringify(name);
  if (codes.length === 0) return shown;
  return `${shown}, ${codes.map((code) => `U+${code.toString(16).toUpperCase().padStart(4, '0')}`).join(' ')}`;
}
