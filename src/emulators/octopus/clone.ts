// Copies of projects and tenants: a client posts the new document and names the one to copy in the parameter `clone`.
import { randomUUID } from 'node:crypto';
import { asObjects, isObject, type Json } from '../shared/json.ts';
import type { Entry } from '../shared/store.ts';
import { createDocument } from './document-changes.ts';
import { newId, putDocument } from './instance.ts';
import type { Kind } from './kinds.ts';
import { findDocument } from './lookup.ts';
import { asText } from './tolerant-json.ts';
import type { Visit } from './visit.ts';

/** Types whose documents can be copied, with the member of the copy that names the original. */
export const clonedFrom: Readonly<Record<string, string>> = {
  Projects: 'ClonedFromProjectId',
  Tenants: 'ClonedFromTenantId',
};

type Ids = ReadonlyMap<string, string>;

/** The same value, with the ids of the original replaced by those of the copy. */
function renamed(value: unknown, ids: Ids): unknown {
  if (typeof value === 'string') return ids.get(value) ?? value;
  if (Array.isArray(value)) return value.map((one) => renamed(one, ids));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [ids.get(name) ?? name, renamed(one, ids)]));
}

const ownMembers = ['Id', 'Name', 'Slug', 'VariableSetId', 'DeploymentProcessId'];

/** What belongs to a project and goes with it. Releases and their snapshots stay with the original. */
function copyParts(visit: Visit, original: Entry, copy: Entry): void {
  const { store } = visit.instance;
  const owned = (kind: string) =>
    store.all(kind, original.container).filter(({ body }) => body['ProjectId'] === original.id);
  const isDefault = ({ body }: Entry) => body['IsDefault'] === true;
  const runbooks = owned('Runbooks');
  const ids = new Map([[original.id, copy.id]]);
  const [process, variables] = ['DeploymentProcessId', 'VariableSetId'].map((member) => asText(original.body[member]));
  for (const member of ['DeploymentProcessId', 'VariableSetId'])
    ids.set(asText(original.body[member]), asText(copy.body[member]));
  const furnished = store.all('Channels', copy.container).find(({ body }) => body['ProjectId'] === copy.id);
  for (const one of owned('Channels'))
    ids.set(one.id, isDefault(one) && furnished !== undefined ? furnished.id : newId(store, 'Channels'));
  for (const { id, body } of runbooks) {
    ids.set(id, newId(store, 'Runbooks'));
    ids.set(asText(body['RunbookProcessId']), `RunbookProcess-${ids.get(id) ?? ''}`);
  }
  const processes = [process, ...runbooks.map(({ body }) => asText(body['RunbookProcessId']))];
  for (const id of processes) {
    const steps = store.get(id === process ? 'DeploymentProcesses' : 'RunbookProcesses', id ?? '')?.body['Steps'];
    for (const step of asObjects(steps))
      for (const part of [step, ...asObjects(step['Actions'])]) ids.set(asText(part['Id']), randomUUID());
  }
  ids.delete('');
  const put = (kind: string, id: string | undefined, more: Json = {}) => {
    const entry = store.get(kind, id ?? '');
    if (entry !== undefined) putDocument(store, kind, { ...(renamed(entry.body, ids) as Json), ...more });
  };
  put('DeploymentProcesses', process);
  put('Variables', variables);
  for (const { id } of owned('Channels')) put('Channels', id);
  for (const { id, body } of runbooks) {
    // The copy has no snapshot yet.
    put('Runbooks', id, { PublishedRunbookSnapshotId: null });
    put('RunbookProcesses', asText(body['RunbookProcessId']));
  }
  for (const { id } of owned('ProjectTriggers')) {
    ids.set(id, newId(store, 'ProjectTriggers'));
    put('ProjectTriggers', id);
  }
}

export function cloneDocument(visit: Visit, kind: Kind, originalId: string, sent: Json): Entry {
  const { store } = visit.instance;
  const original = findDocument(visit, kind.name, originalId);
  return store.atomically(() => {
    const made = createDocument(visit.instance, kind, visit.space, sent);
    const given = Object.keys(sent).filter((name) => sent[name] !== null && name !== 'Links' && name in made.body);
    const own: readonly (readonly [string, unknown])[] = [...ownMembers, ...given]
      .filter((name) => name in made.body)
      .map((name) => [name, made.body[name]]);
    const copy = putDocument(store, kind.name, {
      ...made.body,
      ...original.body,
      ...Object.fromEntries(own),
      [clonedFrom[kind.name] ?? '']: original.id,
    });
    if (kind.name === 'Projects') copyParts(visit, original, copy);
    return copy;
  });
}
