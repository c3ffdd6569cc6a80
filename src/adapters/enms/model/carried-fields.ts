import type { WireObject } from '../wire/schemas.ts';
import { relationOf, relations, type Type } from './types-and-relations.ts';

/** Relations as the REST API gives them beside those that a migration writes: the other direction, and histories. */
const otherRelations = new Set([
  'changelogs',
  'credential_devices',
  'credentials',
  'destinations',
  'device_pools',
  'devices',
  'edges',
  'events',
  'files',
  'folder',
  'gateways',
  'groups',
  'links',
  'logs',
  'networks',
  'nodes',
  'owners',
  'parent',
  'pools',
  'results',
  'runs',
  'runtime_logs',
  'services',
  'sessions',
  'sources',
  'superworkflow',
  'superworkflows',
  'target_devices',
  'target_pools',
  'target_runs',
  'target_services',
  'tasks',
  'users',
  'workers',
  'workflow',
  'workflow_edges',
  'workflows',
]);

/** Written by the server, or not to be carried from one to another: a task that arrives must not begin to run. */
const ownedByServer = new Set(['id', 'last_modified', 'last_modified_by', 'last_login', 'last_updated']);
const ownedByServerOf: Partial<Readonly<Record<Type, ReadonlySet<string>>>> = {
  link: new Set(['source_name', 'destination_name']),
  pool: new Set(['device_number', 'link_number']),
  service: new Set(['status']),
  task: new Set(['is_active', 'next_run_time', 'time_before_next_run', 'status']),
  file: new Set(['status']),
};

/** The workflows that hold a service name it; all else of the other direction comes back by itself. */
const backwards: Partial<Readonly<Record<Type, string>>> = { service: 'workflows' };

/** What an export keeps of an object: properties, custom ones included, and the relations that a migration writes. */
export function carried(type: Type, object: WireObject): WireObject {
  return Object.fromEntries(
    Object.entries(object).filter(([key, value]) => {
      if (value === null || isOwnedByServer(type, key)) return false;
      if (relationOf(type, key) !== undefined || backwards[type] === key) return !isComputed(type, key, object);
      return !otherRelations.has(key);
    }),
  );
}

/** Also the numbers behind single names, which mean another object on another server. */
function isOwnedByServer(type: Type, key: string): boolean {
  if (ownedByServer.has(key) || ownedByServerOf[type]?.has(key) === true) return true;
  return key.endsWith('_id') && relations[type][key.slice(0, -'_id'.length)]?.scalar === true;
}

/** The members of a pool that finds them itself: they are other ones wherever it is. */
export function isComputed(type: Type, key: string, object: Readonly<Record<string, unknown>>): boolean {
  return type === 'pool' && (key === 'devices' || key === 'links') && object['manually_defined'] !== true;
}

/** Properties that say nothing about whether two objects are the same. */
export function isIncidental(type: Type, key: string): boolean {
  return (
    key === 'type' ||
    key === 'creator' ||
    isOwnedByServer(type, key) ||
    (relations[type][key] === undefined && otherRelations.has(key))
  );
}
