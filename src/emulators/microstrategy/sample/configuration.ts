import type { Store } from '../../shared/store.ts';
import { administratorId, everyoneId, guestId } from '../identifiers.ts';
import { groupSubtype, objectType, userSubtype } from '../metadata/object-types.ts';
import { privileges, webUser } from '../privileges.ts';
import { passwordMark } from '../users.ts';
import { addConfiguration, sampleId } from './builder.ts';

const administratorsGroup = 'E96A7AF411D4BBCE10004694316DE8A4';

const group = (name: string) => ({ id: sampleId(objectType.user, name), type: objectType.user });

interface SampleGroup {
  readonly name: string;
  readonly id?: string;
  readonly privileges?: readonly string[];
  readonly description?: string;
}

function addGroup(store: Store, { name, id, privileges: granted = [], description = '' }: SampleGroup): void {
  addConfiguration(store, {
    name,
    type: objectType.user,
    subtype: groupSubtype,
    description,
    ...(id === undefined ? {} : { id }),
    definition: { privileges: granted },
  });
}

interface SampleUser {
  readonly name: string;
  readonly username: string;
  readonly password: string;
  readonly groups: readonly string[];
  readonly ldap?: boolean;
  readonly enabled?: boolean;
  readonly changed?: number;
}

function addUser(store: Store, user: SampleUser): void {
  addConfiguration(store, {
    name: user.name,
    type: objectType.user,
    subtype: userSubtype,
    changed: user.changed ?? 1,
    uses: user.groups.map(group),
    definition: {
      username: user.username,
      password: passwordMark(user.username, user.password),
      ldap: user.ldap ?? false,
      enabled: user.enabled ?? true,
      groups: user.groups.map((name) => group(name).id),
      privileges: [],
    },
  });
}

/** The objects that every server has. */
export function addBuiltIn(store: Store): void {
  addGroup(store, { name: 'Everyone', id: everyoneId });
  addGroup(store, { name: 'System Administrators', id: administratorsGroup, privileges: ['*'] });
  addConfiguration(store, {
    name: 'Administrator',
    id: administratorId,
    type: objectType.user,
    subtype: userSubtype,
    definition: { username: 'Administrator', groups: [administratorsGroup, everyoneId], privileges: ['*'] },
    uses: [{ id: administratorsGroup, type: objectType.user }],
  });
  addConfiguration(store, {
    name: 'Public / Guest',
    id: guestId,
    type: objectType.user,
    subtype: userSubtype,
    definition: { username: 'guest', groups: [], privileges: [] },
  });
  for (const name of ['Power Users', 'Normal Users']) {
    addConfiguration(store, {
      name,
      type: objectType.securityRole,
      definition: { privileges: [webUser] },
    });
  }
}

const groups: readonly SampleGroup[] = [
  {
    name: 'Release Operators',
    description: 'may create packages and ask for their import',
    privileges: [privileges.createPackage],
  },
  {
    name: 'Release Managers',
    description: 'may import packages that an administrator approved, and ask for an undo',
    privileges: [privileges.createPackage, privileges.managePackages, privileges.bypassAccess],
  },
  {
    name: 'Storage Managers',
    description: 'may upload and import packages',
    privileges: [
      privileges.createPackage,
      privileges.managePackages,
      privileges.bypassAccess,
      privileges.administerEnvironment,
    ],
  },
  { name: 'Sales Analysts', description: 'read sales reports' },
];

const users: readonly SampleUser[] = [
  { name: 'Olga Operator', username: 'operator', password: 'operator-sample', groups: ['Release Operators'] },
  { name: 'Rita Release', username: 'release', password: 'release-sample', groups: ['Release Managers'] },
  { name: 'Stan Storage', username: 'storage', password: 'storage-sample', groups: ['Storage Managers'] },
  { name: 'Vera Viewer', username: 'viewer', password: 'viewer-sample', groups: ['Sales Analysts'] },
  { name: 'Ada Directory', username: 'ada', password: 'ada-sample', groups: ['Release Managers'], ldap: true },
  { name: 'Former Colleague', username: 'former', password: 'former-sample', groups: [], enabled: false },
];

/** People, schedules and devices. The source has more of them than the target, and newer versions of some. */
export function addSampleConfiguration(store: Store, side: 'source' | 'target'): void {
  const source = side === 'source';
  for (const one of groups) addGroup(store, one);
  for (const one of users) addUser(store, one);
  addConfiguration(store, { name: 'Tutorial Data', type: 29, subtype: 7424 });
  const load = addConfiguration(store, { name: 'Database Load', type: 49 });
  addConfiguration(store, { name: 'Nightly Load', type: 51, changed: source ? 120 : 60, uses: [load] });
  addConfiguration(store, { name: 'All the Time', type: 51 });
  addConfiguration(store, { name: 'English (United States)', type: 45 });
  addConfiguration(store, { name: 'Mobile Phone', type: 9 });
  addConfiguration(store, { name: 'Email', type: 35 });
  addConfiguration(store, { name: 'Acme Colors', type: 71, changed: source ? 30 : 90 });
  addConfiguration(store, { name: 'Central European Time', type: 79 });
  addConfiguration(store, { name: 'Sales Portal', type: 78, changed: 5 });
  if (!source) {
    addConfiguration(store, { name: 'Production Backup', type: 51 });
    return;
  }
  addUser(store, { name: 'Nina New', username: 'nina', password: 'nina-sample', groups: ['Sales Analysts'] });
  addGroup(store, { name: 'Board', description: 'new this quarter' });
  addConfiguration(store, { name: 'Quarter Close', type: 51, uses: [load] });
  addConfiguration(store, { name: 'Regional Manager', type: objectType.securityRole, definition: { privileges: [] } });
  addConfiguration(store, { name: 'Retail Calendar', type: 81 });
}
