import { defaultSpace, newId, putDocument, slugOf, type Instance } from '../instance.ts';
import { addDefaultGroup, furnishSpace, managersTeam } from '../space.ts';
import { addTeams, addUser, allowKey } from '../users.ts';

/**
 * Keys of the sample users. They open nothing but an embedded server on loopback. The administrator's key is random.
 */
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
    SpaceManagersTeams: [managersTeam(id)],
    SpaceManagersTeamMembers: [],
    Icon: null,
  });
  return id;
}

function addUsers({ store }: Instance, sampleUsers: boolean): void {
  addTeams(store, addUser(store, { username: 'admin', displayName: 'Administrator' }, ['*']));
  if (!sampleUsers) return;
  const publisher = addUser(store, { username: 'publisher', displayName: 'Package Publisher', service: true }, [
    'BuiltInFeedPush',
  ]);
  const reader = addUser(store, { username: 'reader', displayName: 'Read Only' }, ['*View', 'BuiltInFeedDownload']);
  allowKey(store, publisherKey, publisher);
  allowKey(store, readerKey, reader);
}

/** A server right after its installation, with one environment unless the sample adds its own. */
export function addBase(instance: Instance, sampleUsers: boolean): void {
  const { store } = instance;
  addUsers(instance, sampleUsers);
  addSpace(instance, 'Default', 'The default space', true);
  furnishSpace(store, defaultSpace);
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
  addDefaultGroup(store, defaultSpace);
}
