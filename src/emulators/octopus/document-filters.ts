import { isObject } from '../shared/json.ts';
import type { Entry } from '../shared/store.ts';
import { readList } from './collection.ts';
import { asText } from './tolerant-json.ts';
import type { Visit } from './visit.ts';

/** Query parameters that select by a member of the document. Each can have several values. */
const equalFilters: Readonly<Record<string, readonly string[]>> = {
  projectId: ['ProjectId'],
  projects: ['ProjectId'],
  releaseId: ['ReleaseId'],
  environmentId: ['EnvironmentId'],
  environments: ['EnvironmentId'],
  environmentIds: ['EnvironmentIds'],
  roles: ['Roles'],
  tenants: ['TenantId'],
  taskId: ['TaskId'],
  regarding: ['ServerTaskId', 'RelatedDocumentIds'],
  contentType: ['ContentType'],
  clonedFromProjectId: ['ClonedFromProjectId'],
};

/** All query parameters that select documents in lists. */
export const documentFilters: readonly string[] = ['partialName', 'name', 'ids', ...Object.keys(equalFilters)];

/** Undefined when the document has no such member. */
function valuesOf(entry: Entry, member: string): readonly string[] | undefined {
  if (entry.kind === 'Tenants' && member === 'ProjectId') {
    const links = entry.body['ProjectEnvironments'];
    return isObject(links) ? Object.keys(links) : [];
  }
  const value = entry.body[member];
  if (value === undefined) return undefined;
  return Array.isArray(value) ? value.map((one) => asText(one)) : [asText(value)];
}

function keeps(entries: readonly Entry[], members: readonly string[], wanted: readonly string[]): readonly Entry[] {
  const values = new Set(wanted.map((one) => one.toLowerCase()));
  const all = entries.map((entry) => ({
    entry,
    own: members.map((member) => valuesOf(entry, member)).find((one) => one !== undefined),
  }));
  // Like an unknown parameter, a parameter without a matching member does not filter.
  if (all.every(({ own }) => own === undefined)) return entries;
  return all.filter(({ own }) => own?.some((one) => values.has(one.toLowerCase())) === true).map(({ entry }) => entry);
}

/** The documents of a list that match all parameters of the query. */
export function narrowed(visit: Visit, entries: readonly Entry[]): readonly Entry[] {
  const contains = (visit.call.query('partialName') ?? visit.call.query('name') ?? '').toLowerCase();
  const ids = new Set(readList(visit, 'ids')?.map((id) => id.toLowerCase()));
  let left: readonly Entry[] = entries.filter(
    // An empty list of ids does not filter, as on the real server.
    ({ id, name }) => name.toLowerCase().includes(contains) && (ids.size === 0 || ids.has(id.toLowerCase())),
  );
  for (const [parameter, members] of Object.entries(equalFilters)) {
    const wanted = readList(visit, parameter);
    if (wanted !== undefined && wanted.length > 0) left = keeps(left, members, wanted);
  }
  return left;
}
