import type { WireObject } from '../wire/schemas.ts';
import { relationOf, relations, type Type } from './types-and-relations.ts';

/** The relations that the REST API gives and a migration does not write: the other direction, and histories. */
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

/**
 * Relations of the other direction that only some types show. Written back they would take away what others hold: the
 * server deletes every link that a router does not name as `source` or `destination`.
 */
const otherRelationsOf: Partial<Readonly<Record<Type, RegExp>>> = {
  user: /^(user|rbac)_/,
  group: /^rbac_/,
  device: /^(source|destination)$/,
};

function isOtherRelation(type: Type, key: string): boolean {
  // A service has a property of this name, which says where its credentials come from.
  if (type === 'service' && key === 'credentials') return false;
  return otherRelations.has(key) || otherRelationsOf[type]?.test(key) === true;
}

/** Fields that the server writes, or that must not be copied to another server: a copied task must not begin to run. */
const ownedByServer = new Set(['id', 'last_modified', 'last_modified_by', 'last_login', 'last_updated']);
const ownedByServerOf: Partial<Readonly<Record<Type, ReadonlySet<string>>>> = {
  device: new Set(['configuration', 'operational_data', 'specialized_data']),
  link: new Set(['source_name', 'destination_name']),
  pool: new Set(['device_number', 'link_number']),
  service: new Set(['status']),
  task: new Set(['is_active', 'next_run_time', 'time_before_next_run', 'status']),
  file: new Set(['status']),
};

/** The relations of the other direction that are kept: the name of a service depends on the workflows that hold it. */
const backwards: Partial<Readonly<Record<Type, string>>> = { service: 'workflows' };

/**
 * The fields of an object that an export keeps: all properties, also custom ones, and the relations that a migration
 * writes.
 */
export function carried(type: Type, object: WireObject): WireObject {
  return Object.fromEntries(
    Object.entries(object).filter(([key, value]) => {
      if (value === null || isOwnedByServer(type, key) || isPlace(type, key)) return false;
      if (relationOf(type, key) !== undefined || backwards[type] === key) return !isComputed(type, key, object);
      return !isOtherRelation(type, key);
    }),
  );
}

/** Also true for the numbers behind single names, because a number means another object on another server. */
function isOwnedByServer(type: Type, key: string): boolean {
  if (ownedByServer.has(key) || ownedByServerOf[type]?.has(key) === true) return true;
  return key.endsWith('_id') && relations[type][key.slice(0, -'_id'.length)]?.scalar === true;
}

/** Whether the server computes the relation: a pool that finds its members itself has other members on every server. */
export function isComputed(type: Type, key: string, object: Readonly<Record<string, unknown>>): boolean {
  return type === 'pool' && (key === 'devices' || key === 'links') && object['manually_defined'] !== true;
}

const places = new Set(['full_path', 'folder_path', 'files', 'folder']);

const derivedOf: Partial<Readonly<Record<Type, ReadonlySet<string>>>> = {
  user: new Set(['menu', 'pages', 'get_requests', 'post_requests', 'delete_requests']),
  file: places,
};

/**
 * Whether a key tells where a file lies, or which files a folder holds. The server knows both by `path`. It deletes the
 * rows of the files that a folder is not said to hold, and takes the place of a file on the disk of another server as it
 * is (4.7.1). So none of them is written.
 */
export function isPlace(type: Type, key: string): boolean {
  return type === 'file' && places.has(key);
}

/**
 * Whether a list repeats what the objects that it names hold: the devices of a gateway. A migration writes it. Written
 * over the REST API, it would take the gateway from devices that only the target has.
 */
export function isOtherEnd(type: Type, key: string): boolean {
  return type === 'device' && key === 'devices';
}

/** Whether the server derives a property: what a user may do from the user's groups, the place of a file from its path. */
export function isDerived(type: Type, key: string): boolean {
  return derivedOf[type]?.has(key) === true;
}

/** Whether a field tells nothing about whether two objects are the same. */
export function isIncidental(type: Type, key: string): boolean {
  return (
    key === 'type' ||
    key === 'creator' ||
    isOwnedByServer(type, key) ||
    (relations[type][key] === undefined && isOtherRelation(type, key))
  );
}
