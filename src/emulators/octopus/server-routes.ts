import { isObject } from '../shared/json.ts';
import { collection } from './collection.ts';
import type { Instance } from './instance.ts';
import { isInMaintenance, setMaintenance } from './maintenance.ts';
import { paged } from './query.ts';
import { absent, invalid, json } from './refusal.ts';
import { rootReply } from './root.ts';
import { nodeId } from './tasks.ts';
import { members, readFlag } from './tolerant-json.ts';
import { route, type Route, type Visit } from './visit.ts';

const maintenanceResource = (instance: Instance) => ({
  Id: 'maintenance',
  IsInMaintenanceMode: isInMaintenance(instance),
  Links: { Self: '/api/maintenanceconfiguration' },
});

async function changeMaintenance({ instance, body }: Visit) {
  const sent = await body();
  if (!isObject(sent)) throw invalid('No request body was supplied.');
  setMaintenance(instance, readFlag(members(sent)('IsInMaintenanceMode'), 'IsInMaintenanceMode'));
  return maintenanceResource(instance);
}

const maintenanceRoutes: readonly Route[] = [
  route('GET', '/maintenanceconfiguration', {}, ({ instance }) => json(200, maintenanceResource(instance))),
  route('PUT', '/maintenanceconfiguration', { permission: 'AdministerSystem' }, async (visit) =>
    json(200, await changeMaintenance(visit)),
  ),
  route('PUT', '/maintenanceconfiguration/v1', { permission: 'AdministerSystem' }, async (visit) =>
    json(200, { Resource: await changeMaintenance(visit) }),
  ),
];

const isIll = (instance: Instance) => instance.faults.named('unhealthy') !== undefined;

const nodeResource = (instance: Instance) => ({
  Id: nodeId,
  Name: 'EMBEDDED',
  LastSeen: null,
  IsOffline: isIll(instance),
  MaxConcurrentTasks: 1,
  // Real servers too say false here, even in maintenance mode.
  IsInMaintenanceMode: false,
  Version: instance.version,
  Links: { Self: `/api/octopusservernodes/${nodeId}` },
});

const statusRoutes: readonly Route[] = [
  route('GET', '/', { open: true }, ({ instance }) => rootReply(instance)),
  route('GET', '/serverstatus', {}, ({ instance }) =>
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
  ),
  route('GET', '/serverstatus/health', { open: true }, ({ instance }) => {
    const ill = isIll(instance);
    return json(ill ? 418 : 200, {
      Description: ill ? 'The server is not operating normally.' : 'The server is operating normally.',
      IsOperatingNormally: !ill,
      IsEntireClusterReadOnly: false,
      IsEntireClusterDrainingTasks: ill,
      IsCompliantWithLicense: true,
      Links: { Self: '/api/serverstatus/health' },
    });
  }),
  route('GET', '/serverstatus/timezones', {}, () =>
    json(200, [{ Id: 'UTC', Name: '(UTC) Coordinated Universal Time', IsLocal: true }]),
  ),
  route('GET', '/serverstatus/system-info', { permission: 'AdministerSystem' }, ({ instance }) =>
    json(200, {
      Version: instance.version,
      OSVersion: instance.flavor === 'windows' ? 'Microsoft Windows NT 10.0.17763.0' : 'Unix 5.15.0.1',
      ClrVersion: '6.0.14',
      Uptime: '1.00:00:00',
      ThreadCount: 64,
      WorkingSetBytes: 536_870_912,
      Links: { Self: '/api/serverstatus/system-info' },
    }),
  ),
  route('GET', '/octopusservernodes', { query: paged() }, (visit) =>
    collection(visit, [visit.instance], { itemType: 'OctopusServerNode', present: nodeResource, filters: [] }),
  ),
  route('GET', '/octopusservernodes/all', {}, ({ instance }) => json(200, [nodeResource(instance)])),
  route('GET', '/octopusservernodes/ping', { open: true }, ({ instance }) =>
    json(isIll(instance) ? 418 : 200, nodeResource(instance)),
  ),
  route('GET', '/octopusservernodes/summary', {}, ({ instance }) =>
    json(200, { IsClustered: false, Nodes: [nodeResource(instance)], Links: {} }),
  ),
  route('GET', '/octopusservernodes/:id', {}, (visit) => {
    if (visit.param('id').toLowerCase() !== nodeId.toLowerCase()) throw absent(visit.param('id'));
    return json(200, nodeResource(visit.instance));
  }),
];

/** Clients ask whether the server knows these calls before they use them. */
const capabilities: readonly string[] = [
  'CreateDeploymentTenantedCommandV1',
  'CreateDeploymentUntenantedCommandV1',
  'CreateReleaseCommandV1',
  'CreateRunbookRunCommandV1',
  'GetAllSpacesRequest',
  'GetSpaceByIdRequest',
  'GetSpacesRequest',
];

const aboutRoutes: readonly Route[] = [
  route('GET', '/capabilities', {}, () => json(200, { Capabilities: capabilities })),
  route('GET', '/capabilities/:name', {}, (visit) => {
    const wanted = visit.param('name').toLowerCase();
    if (!capabilities.some((name) => name.toLowerCase() === wanted)) throw absent(visit.param('name'));
    return json(200, { Exists: true });
  }),
  route('GET', '/authentication', { open: true }, () =>
    json(200, {
      AnyAuthenticationProvidersSupportPasswordManagement: false,
      AuthenticationProviders: [],
      AutoLoginEnabled: false,
      Links: { Self: '/api/authentication' },
    }),
  ),
  route('GET', '/featuresconfiguration', {}, () =>
    json(200, {
      Id: 'features',
      IsBuiltInWorkerEnabled: true,
      IsCommunityActionTemplatesEnabled: false,
      IsMultiTenancyEnabled: true,
      Links: { Self: '/api/featuresconfiguration' },
    }),
  ),
];

/** Routes about the server itself, not about the documents of a space. */
export const serverRoutes: readonly Route[] = [...statusRoutes, ...maintenanceRoutes, ...aboutRoutes];
