import { asList, isObject, type Json } from '../shared/json.ts';
import type { Entry, Store } from '../shared/store.ts';
import { readList } from './collection.ts';
import { readOverwriteMode } from './feed.ts';
import { newId, putDocument, wireDate } from './instance.ts';
import { invalid, json, Refusal } from './refusal.ts';
import { resource } from './resource.ts';
import { asText, members, readText } from './tolerant-json.ts';
import { route, type Route, type Visit } from './visit.ts';

/** The build information of a package version. Undefined when there is none. */
export const buildInformationOf = (store: Store, space: string, id: string, version: string): Entry | undefined =>
  store
    .all('BuildInformation', space)
    .find(
      ({ body }) =>
        asText(body['PackageId']).toLowerCase() === id.toLowerCase() &&
        asText(body['Version']).toLowerCase() === version.toLowerCase(),
    );

function required(get: (name: string) => unknown, name: string): string {
  const text = readText(get(name), name);
  if (text === undefined || text === '') throw invalid(`The ${name} field is required.`);
  return text;
}

const textMembers = ['Branch', 'BuildEnvironment', 'BuildNumber', 'BuildUrl', 'VcsCommitNumber', 'VcsRoot', 'VcsType'];

function documentOf(given: unknown): Json {
  const get = members(given);
  const commits = get('Commits');
  return {
    ...Object.fromEntries(textMembers.map((name) => [name, readText(get(name), name) ?? null])),
    VcsCommitUrl: null,
    Commits: asList(commits).map((one) => ({
      Id: asText(members(one)('Id')),
      Comment: asText(members(one)('Comment')),
      LinkUrl: null,
    })),
    WorkItems: [],
    IssueTrackerName: null,
    IncompleteDataWarning: null,
  };
}

async function push(visit: Visit) {
  const { store } = visit.instance;
  const get = members(await visit.document());
  const [id, version] = [required(get, 'PackageId'), required(get, 'Version')];
  const given = get('OctopusBuildInformation');
  if (!isObject(given)) throw invalid('The OctopusBuildInformation field is required.');
  const mode = readOverwriteMode(visit, readText(get('OverwriteMode'), 'OverwriteMode'));
  const existing = buildInformationOf(store, visit.space, id, version);
  if (existing !== undefined && mode === 'FailIfExists') {
    throw new Refusal(
      409,
      'Metadata for the specified Package ID and version already exists. To proceed anyway, specify an overwriteMode of OverwriteExisting or IgnoreIfExists.',
    );
  }
  if (existing !== undefined && mode === 'IgnoreIfExists') return json(200, resource(existing));
  const made = putDocument(store, 'BuildInformation', {
    Id: existing?.id ?? newId(store, 'BuildInformation'),
    SpaceId: visit.space,
    PackageId: id,
    Version: version,
    Created: wireDate(new Date()),
    ...documentOf(given),
  });
  return json(200, resource(made));
}

async function bulkDelete(visit: Visit) {
  const fromBody = members(await visit.body())('Ids');
  const ids = readList(visit, 'ids') ?? asList(fromBody).map(String);
  for (const id of ids) visit.instance.store.remove('BuildInformation', id);
  return json(200, {});
}

export const buildInformationRoutes: readonly Route[] = [
  route(
    'POST',
    '/build-information',
    { scoped: true, permission: 'BuildInformationPush', query: ['overwriteMode'] },
    push,
  ),
  route(
    'DELETE',
    '/build-information/bulk',
    { scoped: true, permission: 'BuildInformationAdminister', query: ['ids'] },
    bulkDelete,
  ),
];
