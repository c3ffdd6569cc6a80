import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Json } from '../shared/json.ts';
import type { Store } from '../shared/store.ts';
import { forgetImportFiles, importFolder } from './import-export/import-files.ts';
import { forever } from './document-defaults.ts';
import { defaultSpace, newId, putDocument, slugOf, type Instance } from './instance.ts';
import { kinds } from './kinds.ts';
import { teamOf } from './users.ts';

function addMissing(store: Store, kind: string, space: string, id: string | undefined, name: string, body: Json): void {
  if (store.named(kind, space, name) !== undefined) return;
  putDocument(store, kind, { Id: id ?? newId(store, kind), Name: name, SpaceId: space, ...body });
}

/** The team whose members manage a space. */
export const managersTeam = (space: string): string => `teams-spacemanagers-${space}`;

/** Gives a new space what each space has: the team of its managers, its feed, a lifecycle, a machine policy, a worker pool. */
export function furnishSpace(store: Store, space: string): void {
  putDocument(
    store,
    'Teams',
    teamOf(managersTeam(space), 'Space Managers', { SpaceId: space, CanChangeMembers: true }),
  );
  const feed = space === defaultSpace ? 'feeds-builtin' : `feeds-builtin-${space}`;
  addMissing(store, 'Feeds', space, feed, 'Octopus Server (built-in)', {
    FeedType: 'BuiltIn',
    DownloadAttempts: 5,
    DownloadRetryBackoffSeconds: 10,
    DeleteUnreleasedPackagesAfterDays: 30,
    PackageAcquisitionLocationOptions: ['Server', 'ExecutionTarget'],
  });
  addMissing(store, 'Lifecycles', space, undefined, 'Default Lifecycle', {
    Slug: 'default-lifecycle',
    Description: null,
    Phases: [],
    ReleaseRetentionPolicy: forever,
    TentacleRetentionPolicy: forever,
  });
  addMissing(store, 'MachinePolicies', space, undefined, 'Default Machine Policy', {
    Description: null,
    IsDefault: true,
  });
  addMissing(store, 'WorkerPools', space, undefined, 'Default Worker Pool', {
    Slug: 'default-worker-pool',
    WorkerPoolType: 'StaticWorkerPool',
    IsDefault: true,
    SortOrder: 0,
  });
}

export function addDefaultGroup(store: Store, space: string): void {
  const name = 'Default Project Group';
  addMissing(store, 'ProjectGroups', space, undefined, name, { Slug: slugOf(name), Description: null });
}

/** Removes a space with all that it holds, packages and tasks included. */
export async function removeSpace({ store, directory }: Instance, space: string): Promise<void> {
  store.atomically(() => {
    for (const name of [...kinds.map((kind) => kind.name), 'Packages']) {
      for (const { id } of store.all(name, space)) store.remove(name, id);
    }
    for (const { id, body } of store.all('ServerTasks')) {
      if (body['SpaceId'] === space) store.remove('ServerTasks', id);
    }
    forgetImportFiles(store, space);
    store.remove('Teams', managersTeam(space));
    store.remove('Spaces', space);
  });
  for (const folder of ['packages', 'artifacts', importFolder]) {
    await rm(join(directory, folder, space), { recursive: true, force: true });
  }
}
