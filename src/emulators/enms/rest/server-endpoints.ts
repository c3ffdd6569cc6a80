import { columnsOf } from '../serialize.ts';
import { computePools } from '../pools.ts';
import { json, ServerError } from '../refusal.ts';
import { argument, type Endpoint, endpoint, needItem, type Visit } from './visit.ts';

/** A made-up address of a network card as a number: it tells nothing about this machine. */
const nodeName = 153_558_346_480_170;

function configuration(visit: Visit) {
  const device = needItem(visit, 'device', argument(visit, 0));
  const name = visit.query.get('property') ?? 'configuration';
  const columns: Readonly<Record<string, unknown>> = {
    ...columnsOf(visit.instance, device),
    name: device.name,
    id: device.id,
    type: device.type,
  };
  if (!(name in columns)) throw new ServerError(`AttributeError: 'Device' object has no attribute '${name}'`);
  return json(columns[name]);
}

const nothing = () => json(null);

export const serverEndpoints: readonly Endpoint[] = [
  endpoint('GET', 'is_alive', 0, 'none', () => json({ cluster_id: true, name: nodeName })),
  endpoint('GET', 'configuration', 1, 'access', configuration),
  endpoint('GET', 'workers', 0, 'admin', () => json({})),
  endpoint('GET', 'token', 0, 'access', () => {
    throw new ServerError("KeyError: 'token'");
  }),
  endpoint('POST', 'update_all_pools', 0, 'access', ({ instance }) => {
    instance.objects.atomically(() => computePools(instance));
    return json(null);
  }),
  // Nothing to do: rights are computed when they are read, and there is no git repository and no second server.
  endpoint('POST', 'update_device_rbac', 0, 'admin', nothing),
  endpoint('POST', 'get_git_content', 0, 'access', nothing),
  endpoint('POST', 'update_database_configurations_from_git', 0, 'access', nothing),
  endpoint('POST', 'get_cluster_status', 0, 'access', () => json(['Up'])),
];
