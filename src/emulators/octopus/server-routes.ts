import type { Reply } from '../server.ts';
import { collection, readList } from './collection.ts';
import { createDocument, replaceDocument } from './document-changes.ts';
import { defaultSpace, needDocument, type Instance } from './instance.ts';
import { kindNamed } from './kinds.ts';
import { isInMaintenance, setMaintenance } from './maintenance.ts';
import { absent, invalid, json } from './refusal.ts';
import { resource } from './resource.ts';
import { rootReply, spaceHomeReply } from './root.ts';
import type { TaskQueue } from './task-queue.ts';
import { nodeId } from './tasks.ts';
import { isObject, members, readFlag } from './tolerant-json.ts';
import { grantedTo } from './users.ts';
import type { Route, Visit } from './visit.ts';

const maintenanceReply = (instance: Instance): Reply =>
  json(200, {
    Id: 'maintenance',
    IsInMaintenanceMode: isInMaintenance(instance),
    Links: { Self: '/api/maintenanceconfiguration' },
  });

const maintenanceRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/maintenanceconfiguration',
    handle: ({ instance }) => maintenanceReply(instance),
  },
  {
    method: 'PUT',
    path: '/maintenanceconfiguration',
    permission: 'AdministerSystem',
    handle: async ({ instance, body }) => {
      const sent = await body();
      if (!isObject(sent)) throw invalid('No request body was supplied.');
      setMaintenance(instance, readFlag(members(sent)('IsInMaintenanceMode'), 'IsInMaintenanceMode'));
      return maintenanceReply(instance);
    },
  },
];

const isIll = (instance: Instance) => instance.faults.named('unhealthy') !== undefined;

const nodeResource = (instance: Instance) => ({
  Id: nodeId,
  Name: 'EMBEDDED',
  LastSeen: null,
  IsOffline: isIll(instance),
  MaxConcurrentTasks: 1,
  // Always false on real servers too, whatever the mode.
  IsInMaintenanceMode: false,
  Version: instance.version,
  Links: { Self: `/api/octopusservernodes/${nodeId}` },
});

const statusRoutes: readonly Route[] = [
  { method: 'GET', path: '/', open: true, handle: ({ instance }) => rootReply(instance) },
  {
    method: 'GET',
    path: '/serverstatus',
    handle: ({ instance }) =>
      json(200, {
        IsDatabaseEncrypted: true,
        IsUpgradeAvailable: false,
        IsInMaintenanceMode: isInMaintenance(instance),
        IsMajorMinorUpgrade: false,
        IsPotentialClone: false,
        MaximumAvailableVersion: null,
        MaximumAvailableVersionCoveredByLicense: null,
        MaintenanceExpires: null,
        Links: {
          Self: '/api/serverstatus',
          Health: '/api/serverstatus/health',
          SystemInfo: '/api/serverstatus/system-info',
        },
      }),
  },
  {
    method: 'GET',
    path: '/serverstatus/health',
    open: true,
    handle: ({ instance }) => {
      const ill = isIll(instance);
      return json(ill ? 418 : 200, {
        Description: ill ? 'The server is not operating normally.' : 'The server is operating normally.',
        IsOperatingNormally: !ill,
        IsEntireClusterReadOnly: false,
        IsEntireClusterDrainingTasks: ill,
        IsCompliantWithLicense: true,
        Links: { Self: '/api/serverstatus/health' },
      });
    },
  },
  {
    method: 'GET',
    path: '/serverstatus/system-info',
    permission: 'AdministerSystem',
    handle: ({ instance }) =>
      json(200, {
        Version: instance.version,
        OSVersion: 'Microsoft Windows NT 10.0.17763.0',
        ClrVersion: '6.0.14',
        Uptime: '1.00:00:00',
        ThreadCount: 64,
        WorkingSetBytes: 536_870_912,
        Links: { Self: '/api/serverstatus/system-info' },
      }),
  },
  {
    method: 'GET',
    path: '/octopusservernodes',
    handle: (visit) =>
      collection(visit, [visit.instance], { itemType: 'OctopusServerNode', present: nodeResource, filters: [] }),
  },
  {
    method: 'GET',
    path: '/octopusservernodes/ping',
    open: true,
    handle: ({ instance }) => json(isIll(instance) ? 418 : 200, nodeResource(instance)),
  },
];

const find = (visit: Visit) => {
  const wanted = visit.param('id').toLowerCase();
  const all = visit.instance.store.all('Spaces');
  const found =
    all.find(({ id }) => id.toLowerCase() === wanted) ??
    all.find(({ body }) => String(body['Slug']).toLowerCase() === wanted);
  if (found === undefined) throw absent(visit.param('id'));
  return found;
};

const listed = (visit: Visit) => {
  const contains = (visit.call.query('partialName') ?? visit.call.query('name') ?? '').toLowerCase();
  const ids = readList(visit, 'ids')?.map((id) => id.toLowerCase()) ?? [];
  return visit.instance.store
    .all('Spaces')
    .filter(
      ({ id, name }) => name.toLowerCase().includes(contains) && (ids.length === 0 || ids.includes(id.toLowerCase())),
    );
};

const spaceRoutes = (queue: TaskQueue): readonly Route[] => [
  {
    method: 'GET',
    path: '/spaces',
    handle: (visit) =>
      collection(visit, listed(visit), { itemType: 'Space', present: resource, filters: ['partialName', 'ids'] }),
  },
  { method: 'GET', path: '/spaces/all', handle: (visit) => json(200, listed(visit).map(resource)) },
  { method: 'GET', path: '/spaces/:id', handle: (visit) => json(200, resource(find(visit))) },
  {
    method: 'POST',
    path: '/spaces',
    permission: 'SpaceCreate',
    handle: async (visit) => {
      const defaults = {
        IsDefault: false,
        IsPrivate: false,
        TaskQueueStopped: false,
        SpaceManagersTeams: [],
        SpaceManagersTeamMembers: [],
        Icon: null,
      };
      const body = { ...defaults, ...(await visit.document()) };
      return json(201, resource(createDocument(visit.instance, kindNamed('Spaces'), defaultSpace, body)));
    },
  },
  {
    method: 'PUT',
    path: '/spaces/:id',
    permission: 'SpaceEdit',
    handle: async (visit) => {
      const entry = find(visit);
      const body = { ...entry.body, ...(await visit.document()) };
      const changed = replaceDocument(visit.instance, kindNamed('Spaces'), entry, body);
      queue.kick();
      return json(200, resource(changed));
    },
  },
  {
    method: 'DELETE',
    path: '/spaces/:id',
    permission: 'SpaceDelete',
    handle: (visit) => {
      const entry = find(visit);
      if (entry.body['TaskQueueStopped'] !== true) {
        throw invalid('The space cannot be deleted while its task queue is running. Stop the task queue first.');
      }
      visit.instance.store.remove('Spaces', entry.id);
      return json(200, {});
    },
  },
];

const userRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/users/me',
    handle: ({ instance, user }) => json(200, resource(needDocument(instance.store, 'Users', user.id))),
  },
  {
    method: 'GET',
    path: '/users/:id/permissions',
    handle: (visit) => {
      const entry = needDocument(visit.instance.store, 'Users', visit.param('id'));
      const granted = grantedTo(entry);
      const everywhere = [
        { SpaceId: null, RestrictedToProjectIds: [], RestrictedToEnvironmentIds: [], RestrictedToTenantIds: [] },
      ];
      return json(200, {
        Id: entry.id,
        SpacePermissions: Object.fromEntries(granted.space.map((name) => [name, everywhere])),
        SystemPermissions: granted.system,
        Teams: [],
        IsPermissionsComplete: true,
        IsTeamsComplete: true,
        Links: { Self: `/api/users/${entry.id}/permissions` },
      });
    },
  },
  {
    method: 'GET',
    path: '/users',
    permission: 'UserView',
    handle: (visit) =>
      collection(visit, visit.instance.store.all('Users'), { itemType: 'User', present: resource, filters: [] }),
  },
  {
    method: 'GET',
    path: '/users/:id',
    handle: (visit) => json(200, resource(needDocument(visit.instance.store, 'Users', visit.param('id')))),
  },
];

/** What is about the server and not about a space's documents. */
export const serverRoutes = (queue: TaskQueue): readonly Route[] => [
  ...statusRoutes,
  ...maintenanceRoutes,
  ...spaceRoutes(queue),
  ...userRoutes,
];

export const spaceHome: Route = {
  method: 'GET',
  path: '/:space(^[Ss][Pp][Aa][Cc][Ee][Ss]-\\d+$)',
  open: true,
  handle: (visit) => spaceHomeReply(visit.space),
};
