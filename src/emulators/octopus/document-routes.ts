import type { Entry } from '../shared/store.ts';
import { clonedFrom, cloneDocument } from './clone.ts';
import { collection } from './collection.ts';
import { createDocument, deleteDocument, replaceDocument } from './document-changes.ts';
import { filtersOf, mixedFilters, narrowed } from './document-filters.ts';
import { kinds, type Kind } from './kinds.ts';
import { findDocument } from './lookup.ts';
import { paged } from './query.ts';
import { absent, json } from './refusal.ts';
import { resource } from './resource.ts';
import { variableSet } from './scope-values.ts';
import { route, type Route, type Visit } from './visit.ts';

const collator = new Intl.Collator('en');

/** Documents that people look up by name are sorted by name. All others are listed newest first. */
const sorted = (kind: Kind, entries: readonly Entry[]): readonly Entry[] =>
  kind.match.by === 'name' ? entries.toSorted((a, b) => collator.compare(a.name, b.name)) : entries.toReversed();

const isSnapshot = (entry: Entry) => entry.id.includes('-s-');

function listed(visit: Visit, kind: Kind): readonly Entry[] {
  const { space, spaceNamed, instance } = visit;
  const all = instance.store.all(kind.name, kind.scoped && !kind.mixed ? space : undefined);
  const here = ({ body }: Entry) => typeof body['SpaceId'] !== 'string' || body['SpaceId'] === space;
  return sorted(
    kind,
    all.filter((entry) => !isSnapshot(entry) && (!kind.mixed || !spaceNamed || here(entry))),
  );
}

function listReply(visit: Visit, kind: Kind, entries: readonly Entry[]) {
  return collection(visit, entries, { itemType: kind.item, present: resource, filters: filtersOf(kind.name) });
}

const shown = (visit: Visit, entry: Entry) =>
  entry.kind === 'Variables' ? variableSet(visit.instance.store, entry) : resource(entry);

function routesOf(kind: Kind): readonly Route[] {
  const path = `/${kind.route}`;
  const scoped = kind.scoped || kind.mixed;
  const view = { scoped, permission: kind.view };
  const edit = { scoped, permission: kind.edit };
  const find = (visit: Visit) => findDocument(visit, kind.name);
  const reading: Route[] = [
    route('GET', path, { ...view, query: paged(...filtersOf(kind.name)) }, (visit) =>
      listReply(visit, kind, narrowed(visit, kind.name, listed(visit, kind))),
    ),
    route('GET', `${path}/all`, { ...view, query: filtersOf(kind.name) }, (visit) =>
      json(
        200,
        narrowed(visit, kind.name, listed(visit, kind)).map((entry) => shown(visit, entry)),
      ),
    ),
    // Clients repeat the spaces of a mixed list when they ask for one of its documents.
    route('GET', `${path}/:id`, { ...view, query: kind.mixed ? mixedFilters : [] }, (visit) => {
      const [entry] = kind.mixed ? narrowed(visit, kind.name, [find(visit)]) : [find(visit)];
      if (entry === undefined) throw absent(visit.param('id'));
      return json(200, shown(visit, entry));
    }),
  ];
  if (kind.writing === 'none') return reading;
  const creating: Route = route(
    'POST',
    path,
    {
      ...edit,
      permission: kind.edit.replace(/Edit$/, 'Create'),
      query: kind.name in clonedFrom ? ['clone'] : [],
    },
    async (visit) => {
      const [body, original] = [await visit.document(), visit.call.query('clone') ?? ''];
      const made =
        original === ''
          ? createDocument(visit.instance, kind, visit.space, body)
          : cloneDocument(visit, kind, original, body);
      return json(201, resource(made));
    },
  );
  return [
    ...reading,
    ...(kind.writing === 'all' ? [creating] : []),
    route('PUT', `${path}/:id`, edit, async (visit) => {
      const body = await visit.document();
      return json(200, shown(visit, replaceDocument(visit.instance, kind, find(visit), body)));
    }),
    route('DELETE', `${path}/:id`, { ...edit, permission: kind.edit.replace(/Edit$/, 'Delete') }, (visit) => {
      deleteDocument(visit.instance, find(visit));
      return json(200, {});
    }),
  ];
}

/** A route like `/projects/{id}/channels`: lists the documents that refer to their owner, which must exist. */
function nested(owner: string, kindName: string, property: string): Route {
  const [ownerKind, kind] = [kinds.find(({ name }) => name === owner), kinds.find(({ name }) => name === kindName)];
  if (ownerKind === undefined || kind === undefined) throw new Error(`no document type ${owner} or ${kindName}`);
  const last = kind.name === 'ProjectTriggers' ? 'triggers' : kind.route;
  return route(
    'GET',
    `/${ownerKind.route}/:id/${last}`,
    { scoped: true, permission: kind.view, query: paged(...filtersOf(kind.name)) },
    (visit) => {
      const { id } = findDocument(visit, ownerKind.name);
      const refers = ({ body }: Entry) => {
        const value = body[property];
        return Array.isArray(value) ? value.includes(id) : value === id;
      };
      return listReply(visit, kind, narrowed(visit, kind.name, listed(visit, kind).filter(refers)));
    },
  );
}

const special = new Set<string>(['Spaces', 'ServerTasks', 'Users']);

export const documentRoutes: readonly Route[] = [
  ...kinds.filter(({ name }) => !special.has(name)).flatMap(routesOf),
  nested('Projects', 'Channels', 'ProjectId'),
  nested('Projects', 'Releases', 'ProjectId'),
  route('GET', '/projects/:id/releases/:version', { scoped: true, permission: 'ReleaseView' }, (visit) => {
    const project = findDocument(visit, 'Projects');
    const version = visit.param('version').toLowerCase();
    const release = visit.instance.store
      .all('Releases', visit.space)
      .find(({ name, body }) => body['ProjectId'] === project.id && name.toLowerCase() === version);
    if (release === undefined) throw absent(visit.param('version'));
    return json(200, resource(release));
  }),
  nested('Projects', 'Runbooks', 'ProjectId'),
  nested('Projects', 'RunbookSnapshots', 'ProjectId'),
  nested('Projects', 'ProjectTriggers', 'ProjectId'),
  nested('ProjectGroups', 'Projects', 'ProjectGroupId'),
  nested('Lifecycles', 'Projects', 'LifecycleId'),
  nested('Environments', 'Machines', 'EnvironmentIds'),
  nested('Channels', 'Releases', 'ChannelId'),
  nested('Releases', 'Deployments', 'ReleaseId'),
  nested('Runbooks', 'RunbookSnapshots', 'RunbookId'),
  nested('Runbooks', 'RunbookRuns', 'RunbookId'),
  nested('Teams', 'ScopedUserRoles', 'TeamId'),
  nested('RunbookSnapshots', 'RunbookRuns', 'RunbookSnapshotId'),
  nested('MachinePolicies', 'Machines', 'MachinePolicyId'),
  nested('MachinePolicies', 'Workers', 'MachinePolicyId'),
  nested('WorkerPools', 'Workers', 'WorkerPoolIds'),
];
