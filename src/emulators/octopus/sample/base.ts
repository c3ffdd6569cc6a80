import { defaultSpace, newId, putDocument, slugOf, type Instance } from '../instance.ts';
import { addUser, allowKey } from '../users.ts';

/** Keys of the sample users; the administrator's is made per state. They open nothing but an embedded server on loopback. */
const publisherKey = 'API-SAMPLEPACKAGEPUBLISHER000000';
const readerKey = 'API-SAMPLEREADONLY00000000000000';

export function addSpace(instance: Instance, name: string, description: string, isDefault: boolean): string {
  const { store } = instance;
  const id = newId(store, 'Spaces');
  putDocument(store, 'Spaces', {
    Id: id,
    Name: name,
    Slug: slugOf(name),
    Description: description,
    IsDefault: isDefault,
    IsPrivate: false,
    TaskQueueStopped: false,
    SpaceManagersTeams: [`teams-spacemanagers-${id}`],
    SpaceManagersTeamMembers: [],
    Icon: null,
  });
  return id;
}

function addUsers({ store }: Instance, sampleUsers: boolean): void {
  addUser(store, { username: 'admin', displayName: 'Administrator' }, ['*']);
  if (!sampleUsers) return;
  const publisher = addUser(store, { username: 'publisher', displayName: 'Package Publisher', service: true }, [
    'BuiltInFeedPush',
  ]);
  const reader = addUser(store, { username: 'reader', displayName: 'Read Only' }, ['*View', 'BuiltInFeedDownload']);
  allowKey(store, publisherKey, publisher);
  allowKey(store, readerKey, reader);
}

/** What a space has from its first minute. */
export function furnishSpace({ store }: Instance, space: string): void {
  putDocument(store, 'Feeds', {
    Id: space === defaultSpace ? 'feeds-builtin' : `feeds-builtin-${space}`,
    Name: 'Octopus Server (built-in)',
    SpaceId: space,
    FeedType: 'BuiltIn',
    DownloadAttempts: 5,
    DownloadRetryBackoffSeconds: 10,
    PackageAcquisitionLocationOptions: ['Server', 'ExecutionTarget'],
  });
  putDocument(store, 'Lifecycles', {
    Id: newId(store, 'Lifecycles'),
    Name: 'Default Lifecycle',
    SpaceId: space,
    Slug: 'default-lifecycle',
    Description: null,
    Phases: [],
    ReleaseRetentionPolicy: { Unit: 'Days', QuantityToKeep: 0, ShouldKeepForever: true },
    TentacleRetentionPolicy: { Unit: 'Days', QuantityToKeep: 0, ShouldKeepForever: true },
  });
  putDocument(store, 'MachinePolicies', {
    Id: newId(store, 'MachinePolicies'),
    Name: 'Default Machine Policy',
    SpaceId: space,
    Description: null,
    IsDefault: true,
  });
  putDocument(store, 'WorkerPools', {
    Id: newId(store, 'WorkerPools'),
    Name: 'Default Worker Pool',
    SpaceId: space,
    Slug: 'default-worker-pool',
    WorkerPoolType: 'StaticWorkerPool',
    IsDefault: true,
    SortOrder: 0,
  });
}

/** A server as it is right after its installation, with one environment. */
export function addBase(instance: Instance, sampleUsers: boolean): void {
  const { store } = instance;
  addUsers(instance, sampleUsers);
  addSpace(instance, 'Default', 'The default space', true);
  furnishSpace(instance, defaultSpace);
  if (sampleUsers) return;
  putDocument(store, 'Environments', {
    Id: newId(store, 'Environments'),
    Name: 'Development',
    SpaceId: defaultSpace,
    Slug: 'development',
    Description: '',
    SortOrder: 0,
    UseGuidedFailure: false,
  });
  putDocument(store, 'ProjectGroups', {
    Id: newId(store, 'ProjectGroups'),
    Name: 'Default Project Group',
    SpaceId: defaultSpace,
    Slug: 'default-project-group',
    Description: null,
  });
}
