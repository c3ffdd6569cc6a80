import { columnsOf } from '../serialize.ts';
import { computePools } from '../pools.ts';
import { json, ServerError } from '../refusal.ts';
import { argument, needItem, type Endpoint, type Visit } from './visit.ts';

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
  {
    method: 'GET',
    name: 'is_alive',
    args: 0,
    level: 'none',
    handle: () => json({ cluster_id: true, name: nodeName }),
  },
  { method: 'GET', name: 'configuration', args: 1, level: 'access', handle: configuration },
  { method: 'GET', name: 'workers', args: 0, level: 'admin', handle: () => json({}) },
  {
    method: 'GET',
    name: 'token',
    args: 0,
    level: 'access',
    handle: () => {
      throw new ServerError("KeyError: 'token'");
    },
  },
  {
    method: 'POST',
    name: 'update_all_pools',
    args: 0,
    level: 'access',
    handle({ instance }) {
      instance.objects.atomically(() => computePools(instance));
      return json(null);
    },
  },
  // Nothing to do: rights are computed when they are read, and there is no git repository and no second server.
  { method: 'POST', name: 'update_device_rbac', args: 0, level: 'admin', handle: nothing },
  { method: 'POST', name: 'get_git_content', args: 0, level: 'access', handle: nothing },
  { method: 'POST', name: 'update_database_configurations_from_git', args: 0, level: 'access', handle: nothing },
  { method: 'POST', name: 'get_cluster_status', args: 0, level: 'access', handle: () => json(['Up']) },
];
