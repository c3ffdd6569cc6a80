// Defects of a release. One that is not resolved keeps the release from going on to further environments.
import type { Entry, Store } from '../shared/store.ts';
import { collection } from './collection.ts';
import { newId } from './instance.ts';
import { spacePath } from './links.ts';
import { findDocument } from './lookup.ts';
import { paged } from './query.ts';
import { invalid, json } from './refusal.ts';
import { asText, members, readText } from './tolerant-json.ts';
import { route, type Route, type Visit } from './visit.ts';

const kind = 'Defects';

const defectsOf = (store: Store, release: Entry): readonly Entry[] =>
  store.all(kind, release.container).filter(({ body }) => body['ReleaseId'] === release.id);

export const unresolvedDefect = (store: Store, release: Entry): Entry | undefined =>
  defectsOf(store, release).find(({ body }) => body['Status'] === 'Unresolved');

function shown({ container, body }: Entry) {
  const { ReleaseId, ...rest } = body;
  return { ...rest, Links: { Self: `${spacePath(container)}/releases/${asText(ReleaseId)}/defects` } };
}

async function report(visit: Visit) {
  const { store } = visit.instance;
  const release = findDocument(visit, 'Releases');
  const Description = readText(members(await visit.document())('Description'), 'Description')?.trim() ?? '';
  if (Description === '') throw invalid('Please provide a value for Description.');
  if (unresolvedDefect(store, release) !== undefined) throw invalid('The release already has an unresolved defect.');
  const id = newId(store, kind);
  const body = { Id: id, ReleaseId: release.id, Description, Status: 'Unresolved' };
  const made = { kind, id, container: release.container, name: id, body };
  store.put(made);
  return json(201, shown(made));
}

function resolve(visit: Visit) {
  const { store } = visit.instance;
  const defect = unresolvedDefect(store, findDocument(visit, 'Releases'));
  if (defect === undefined) throw invalid('The release has no unresolved defect.');
  const resolved = { ...defect, body: { ...defect.body, Status: 'Resolved' } };
  store.put(resolved);
  return json(200, shown(resolved));
}

const view = { scoped: true, permission: 'ReleaseView' };
const edit = { scoped: true, permission: 'ReleaseEdit' };

export const defectRoutes: readonly Route[] = [
  route('GET', '/releases/:id/defects', { ...view, query: paged() }, (visit) =>
    collection(visit, defectsOf(visit.instance.store, findDocument(visit, 'Releases')), {
      itemType: 'Defect',
      present: shown,
      filters: [],
    }),
  ),
  route('POST', '/releases/:id/defects', edit, report),
  route('POST', '/releases/:id/defects/resolve', edit, resolve),
];
