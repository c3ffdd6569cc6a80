import type { Entry, Store } from '../shared/store.ts';
import { kindNamed } from './kinds.ts';
import { absent, invalid } from './refusal.ts';
import { asText } from './tolerant-json.ts';
import type { Visit } from './visit.ts';

const same = (a: unknown, b: string) => asText(a).trim().toLowerCase() === b;

const builtInFeed = ({ kind, body }: Entry) => kind === 'Feeds' && body['FeedType'] === 'BuiltIn';

function find(store: Store, kindName: string, space: string, text: string, byName: boolean): Entry | undefined {
  const kind = kindNamed(kindName);
  const wanted = text.trim().toLowerCase();
  const byId = store.get(kind.name, text.trim());
  if (byId !== undefined && (!kind.scoped || byId.container === space)) return byId;
  if (wanted === '') return undefined;
  const all = store.all(kind.name, kind.scoped ? space : undefined);
  return (
    (byName ? (all.find(({ name }) => name === text) ?? all.find(({ name }) => same(name, wanted))) : undefined) ??
    all.find(({ body }) => same(body['Slug'], wanted)) ??
    // The built-in feed of every space is also found by the id that it has in the default space.
    (wanted === 'feeds-builtin' ? all.find(builtInFeed) : undefined)
  );
}

/** The document of the space that the path, or a given text, names by id or slug. 404 when there is none. */
export function findDocument({ instance, space, param }: Visit, kindName: string, idOrSlug = param('id')): Entry {
  const found = find(instance.store, kindName, space, idOrSlug, false);
  if (found === undefined) throw absent(idOrSlug);
  return found;
}

/** The document that a command names by id, name or slug. 400 when there is none, because the path itself exists. */
export function needNamed(store: Store, kindName: string, space: string, text: string): Entry {
  const found = find(store, kindName, space, text, true);
  if (found !== undefined) return found;
  throw invalid(`There is no ${kindNamed(kindName).item.toLowerCase()} '${text}' in this space.`);
}
