import type { Json } from '../../shared/json.ts';
import type { Entry, Store } from '../../shared/store.ts';
import { newId, putDocument, slugOf, wireDate } from '../instance.ts';
import { invalid } from '../refusal.ts';
import { asText } from '../tolerant-json.ts';
import { freeze } from './releases.ts';

export const runbooksOf = (store: Store, project: Entry): readonly Entry[] =>
  store.all('Runbooks', project.container).filter(({ body }) => body['ProjectId'] === project.id);

/** A runbook with an empty process. 400 when the project already has a runbook of that name. */
export function createRunbook(store: Store, project: Entry, given: Json): Entry {
  const name = asText(given['Name']).trim();
  if (name === '') throw invalid('Please provide a value for Name.');
  if (runbooksOf(store, project).some((one) => one.name.toLowerCase() === name.toLowerCase())) {
    throw invalid('A runbook with this name already exists. Please choose a different name.');
  }
  return store.atomically(() => {
    const id = newId(store, 'Runbooks');
    const process = `RunbookProcess-${id}`;
    const owned = { ProjectId: project.id, SpaceId: project.container };
    putDocument(store, 'RunbookProcesses', {
      Id: process,
      ...owned,
      OwnerId: id,
      RunbookId: id,
      Version: 0,
      Steps: [],
      LastSnapshotId: null,
    });
    return putDocument(store, 'Runbooks', {
      Description: null,
      Slug: slugOf(name),
      MultiTenancyMode: 'Untenanted',
      EnvironmentScope: 'All',
      Environments: [],
      ConnectivityPolicy: { SkipMachineBehavior: 'None', TargetRoles: [], AllowDeploymentsToNoTargets: true },
      DefaultGuidedFailureMode: 'EnvironmentDefault',
      RunRetentionPolicy: { QuantityToKeep: 100, ShouldKeepForever: false, Unit: 'Items' },
      ...Object.fromEntries(Object.entries(given).filter(([member]) => member !== 'Links')),
      Id: id,
      Name: name,
      ...owned,
      RunbookProcessId: process,
      PublishedRunbookSnapshotId: null,
    });
  });
}

/** A snapshot of a runbook's process and of its project's variables. It can become the published one. */
export function createSnapshot(store: Store, runbook: Entry, given: Json, publish: boolean): Entry {
  const project = store.get('Projects', asText(runbook.body['ProjectId']));
  return store.atomically(() => {
    const id = newId(store, 'RunbookSnapshots');
    const name = asText(given['Name']).trim();
    const snapshot = putDocument(store, 'RunbookSnapshots', {
      Id: id,
      Name: name === '' ? `Snapshot ${id.slice(id.lastIndexOf('-') + 1)}` : name,
      SpaceId: runbook.container,
      ProjectId: project?.id ?? null,
      RunbookId: runbook.id,
      Notes: given['Notes'] ?? null,
      Assembled: wireDate(new Date()),
      SelectedPackages: given['SelectedPackages'] ?? [],
      LibraryVariableSetSnapshotIds: [],
      FrozenRunbookProcessId: freeze(store, 'RunbookProcesses', asText(runbook.body['RunbookProcessId']), id),
      FrozenProjectVariableSetId: freeze(store, 'Variables', asText(project?.body['VariableSetId']), id),
    });
    if (publish) putDocument(store, 'Runbooks', { ...runbook.body, PublishedRunbookSnapshotId: id });
    return snapshot;
  });
}

/** The named snapshot of a runbook, or the published one. */
export function snapshotOf(store: Store, runbook: Entry, text: string | undefined): Entry {
  const wanted = (text ?? asText(runbook.body['PublishedRunbookSnapshotId'])).toLowerCase();
  const found = store
    .all('RunbookSnapshots', runbook.container)
    .find(
      ({ id, name, body }) =>
        body['RunbookId'] === runbook.id && (id.toLowerCase() === wanted || name.toLowerCase() === wanted),
    );
  if (found !== undefined) return found;
  throw invalid(
    text === undefined
      ? `The runbook '${runbook.name}' has no published snapshot.`
      : `The runbook '${runbook.name}' has no snapshot '${text}'.`,
  );
}
