import type { Options } from '../../../ports/options.ts';
import { listOf } from '../../shared/option-values.ts';
import { jsonOf } from '../../shared/answers.ts';
import type { ObjectFacts } from '../objects/object-facts.ts';
import { factsOfObject } from '../objects/object-facts.ts';
import type { Action, WantedObject } from '../objects/object-list.ts';
import type { ResolvedObject } from '../objects/objects.ts';

/**
 * The options of an export with the ids of its objects instead of their names, and with what the source shows of them
 * (`resolved`). They travel with the package, so that its import is planned by id, version and folder.
 */
export function resolvedOptions(options: Options, objects: readonly ResolvedObject[]): Options {
  if (objects.length === 0) return options;
  const replaced = ['object', 'objects', 'action', 'includeDependents'];
  return {
    ...Object.fromEntries(Object.entries(options).filter(([name]) => !replaced.includes(name))),
    object: objects.map(({ id, type, action, includeDependents }) =>
      [id, type, ...(action === undefined ? [] : [action]), ...(includeDependents ? ['dependents'] : [])].join(':'),
    ),
    resolved: objects.map(({ id, name, source }) => JSON.stringify({ id, ...factsOfObject(source), name })),
  };
}

/** An object of a package that was made elsewhere. Without an id its export was made by an older migrator. */
export interface PackedObject {
  readonly id: string | undefined;
  readonly name: string;
  readonly type: number;
  readonly action: Action | undefined;
  readonly facts: ObjectFacts;
}

export function packedObject({ named, isId, type, action }: WantedObject, exportedWith: Options): PackedObject {
  if (!isId) return { id: undefined, name: named, type, action, facts: {} };
  const id = named.toUpperCase();
  const facts =
    listOf(exportedWith, 'resolved')
      .map(readFacts)
      .find((one) => one.id?.toUpperCase() === id) ?? {};
  return { id, name: facts.name ?? named, type, action, facts };
}

/** A manifest that somebody else wrote may hold anything. Only texts are taken from it. */
function readFacts(text: string): ObjectFacts & { readonly id?: string | undefined } {
  const value = jsonOf(text);
  const given = typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  const word = (name: string): string | undefined => {
    const one = given[name];
    return typeof one === 'string' ? one : undefined;
  };
  return {
    id: word('id'),
    name: word('name'),
    description: word('description'),
    hidden: given['hidden'] === true ? true : undefined,
    version: word('version'),
    dateModified: word('dateModified'),
    folderId: word('folderId'),
    folder: word('folder'),
  };
}
