import { asList } from '../shared/json.ts';
import { collection, readList } from './collection.ts';
import { createDocument, replaceDocument } from './document-changes.ts';
import { defaultSpace, putDocument } from './instance.ts';
import { kindNamed } from './kinds.ts';
import { paged } from './query.ts';
import { absent, invalid, json } from './refusal.ts';
import { resource } from './resource.ts';
import { spaceHomeReply } from './root.ts';
import { addDefaultGroup, furnishSpace, managersTeam, removeSpace } from './space.ts';
import type { TaskQueue } from './task-queue.ts';
import { isDone, stateOf } from './tasks.ts';
import { route, type Route, type Visit } from './visit.ts';

const find = (visit: Visit) => {
  const wanted = visit.param('id').toLowerCase();
  const all = visit.instance.store.all('Spaces');
  const found =
    all.find(({ id }) => id.toLowerCase() === wanted) ??
    all.find(({ body }) => String(body['Slug']).toLowerCase() === wanted);
  if (found === undefined) throw absent(visit.param('id'));
  return found;
};

const spaceFilters = ['partialName', 'name', 'ids'];

const listed = (visit: Visit) => {
  const contains = (visit.call.query('partialName') ?? visit.call.query('name') ?? '').toLowerCase();
  const ids = readList(visit, 'ids')?.map((id) => id.toLowerCase()) ?? [];
  return visit.instance.store
    .all('Spaces')
    .filter(
      ({ id, name }) => name.toLowerCase().includes(contains) && (ids.length === 0 || ids.includes(id.toLowerCase())),
    );
};

async function create(visit: Visit) {
  const { store } = visit.instance;
  const defaults = {
    Description: null,
    IsDefault: false,
    IsPrivate: false,
    TaskQueueStopped: false,
    SpaceManagersTeams: [],
    SpaceManagersTeamMembers: [],
    Icon: null,
    ExtensionSettings: [],
  };
  const body = { ...defaults, ...(await visit.document()) };
  const made = store.atomically(() => {
    const entry = createDocument(visit.instance, kindNamed('Spaces'), defaultSpace, body);
    furnishSpace(store, entry.id);
    addDefaultGroup(store, entry.id);
    const teams = [...asList(entry.body['SpaceManagersTeams']), managersTeam(entry.id)];
    return putDocument(store, 'Spaces', { ...entry.body, SpaceManagersTeams: teams });
  });
  return json(201, resource(made));
}

async function remove(visit: Visit) {
  const { id, body } = find(visit);
  if (body['TaskQueueStopped'] !== true) {
    throw invalid('The space cannot be deleted while its task queue is running. Stop the task queue first.');
  }
  const busy = visit.instance.store
    .all('ServerTasks')
    .some((task) => task.body['SpaceId'] === id && !isDone(stateOf(task)) && stateOf(task) !== 'Queued');
  if (busy) throw invalid('The space cannot be deleted while tasks are running in it.');
  await removeSpace(visit.instance, id);
  return json(200, {});
}

export const spaceRoutes = (queue: TaskQueue): readonly Route[] => [
  route('GET', '/spaces', { query: paged(...spaceFilters) }, (visit) =>
    collection(visit, listed(visit), { itemType: 'Space', present: resource, filters: spaceFilters }),
  ),
  route('GET', '/spaces/all', { query: spaceFilters }, (visit) => json(200, listed(visit).map(resource))),
  route('GET', '/spaces/:id', {}, (visit) => json(200, resource(find(visit)))),
  route('POST', '/spaces', { permission: 'SpaceCreate' }, create),
  route('PUT', '/spaces/:id', { permission: 'SpaceEdit' }, async (visit) => {
    const entry = find(visit);
    const body = { ...entry.body, ...(await visit.document()) };
    const changed = replaceDocument(visit.instance, kindNamed('Spaces'), entry, body);
    queue.kick();
    return json(200, resource(changed));
  }),
  route('DELETE', '/spaces/:id', { permission: 'SpaceDelete' }, remove),
  route('GET', '/:space(^[Ss][Pp][Aa][Cc][Ee][Ss]-\\d+$)', { open: true }, ({ instance, space }) =>
    spaceHomeReply(instance, space),
  ),
];
