// The kinds of objects of a server: the eleven that migrate, their subtypes, and the server itself.
import { floats, texts, unset, withDefaults, type Properties } from './property.ts';
import { serviceKinds } from './service-kinds.ts';

export interface Kind {
  /** The base type. Its table holds the object, and the name is unique in it. */
  readonly model: string;
  /** The concrete type. */
  readonly type: string;
  /** Kinds of one family share one sequence of ids. */
  readonly family: string;
  readonly properties: Properties;
}

/** In the order in which the product lists, migrates and empties them. */
export const migratedModels = [
  'user',
  'group',
  'device',
  'file',
  'link',
  'service',
  'network',
  'workflow_edge',
  'task',
  'credential',
  'pool',
] as const;

/** Lists on groups of what their users may call. A user may call what any of the groups allows. */
export const accessLists = ['menu', 'pages', 'get_requests', 'post_requests', 'delete_requests'] as const;

const timestamps = unset('str', 'last_modified', 'last_modified_by');
const everyObject: Properties = {
  ...timestamps,
  ...texts('creator', 'description', 'subtype', 'model', 'location', 'vendor'),
};
const data = ['configuration', 'operational_data', 'specialized_data'] as const;
const dataFacts = ['status', 'update', 'failure', 'runtime', 'duration'] as const;

const device: Properties = {
  ...everyObject,
  ...texts('ip_address', 'operating_system', 'os_version', ...data),
  ...withDefaults({
    port: 22,
    icon: 'router',
    latitude: '0.0',
    longitude: '0.0',
    positions: {},
    netmiko_driver: 'cisco_ios',
    napalm_driver: 'ios',
    scrapli_driver: 'cisco_iosxe',
    netconf_driver: 'default',
    ...Object.fromEntries(data.flatMap((one) => dataFacts.map((fact) => [`last_${one}_${fact}`, 'Never']))),
  }),
};

const link: Properties = { ...everyObject, ...withDefaults({ color: '#000000' }) };

const network: Properties = {
  ...everyObject,
  ...withDefaults({
    category: '',
    icon: 'network',
    labels: {},
    path: '',
    latitude: '0.0',
    longitude: '0.0',
    positions: {},
  }),
};

/** The properties by which a pool can select devices and links. */
export const filterProperties = {
  device: [
    'name',
    'description',
    'subtype',
    'model',
    'location',
    'vendor',
    'operating_system',
    'os_version',
    'ip_address',
    'latitude',
    'longitude',
    'port',
    'icon',
    'configuration',
  ],
  link: ['name', 'description', 'subtype', 'model', 'location', 'vendor', 'source_name', 'destination_name'],
} as const;

const pool: Properties = {
  ...timestamps,
  ...withDefaults({ manually_defined: false, description: '', creator: '', fast_compute: false }),
  ...withDefaults(
    Object.fromEntries(
      (['device', 'link'] as const).flatMap((model) =>
        filterProperties[model].flatMap((name): [string, unknown][] => [
          [`${model}_${name}`, ''],
          [`${model}_${name}_match`, 'inclusion'],
          [`${model}_${name}_invert`, false],
        ]),
      ),
    ),
  ),
};

const lists = withDefaults(Object.fromEntries(accessLists.map((name) => [name, []])));

const user: Properties = {
  ...texts('email', 'description', 'creator'),
  ...withDefaults({
    is_admin: false,
    authentication: 'database',
    landing_page: '/dashboard',
    theme: 'default',
    small_menu: false,
    ...Object.fromEntries(accessLists.map((name) => [name, []])),
  }),
  ...floats({ zoom_sensitivity: 1 }),
  ...unset('str', 'password', 'last_login'),
};

const guarded = ['credential', 'device', 'link', 'network', 'pool', 'service', 'task'];

const group: Properties = {
  ...timestamps,
  ...texts('email', 'description', 'creator'),
  ...withDefaults({ admin_only: false, force_read_access: false }),
  ...lists,
  ...withDefaults(Object.fromEntries(guarded.map((model) => [`${model}_access`, []]))),
};

const task: Properties = {
  ...timestamps,
  ...texts('creator', 'description', 'start_date', 'end_date', 'crontab_expression'),
  ...withDefaults({
    scheduling_mode: 'standard',
    frequency: 0,
    frequency_unit: 'seconds',
    initial_payload: {},
    is_active: false,
  }),
};

const credential: Properties = {
  ...timestamps,
  ...texts('creator', 'description', 'username'),
  ...withDefaults({ role: 'read-write', subtype: 'password', priority: 1 }),
  ...unset('str', 'password', 'private_key', 'enable_password'),
};

const file: Properties = {
  ...texts('description', 'filename', 'folder_path', 'full_path'),
  ...unset('str', 'path', 'last_modified', 'last_updated', 'status'),
};

const models: Readonly<
  Record<string, { readonly family?: string; readonly types: Readonly<Record<string, Properties>> }>
> = {
  user: { types: { user } },
  group: { types: { group } },
  device: {
    family: 'object',
    types: {
      device,
      router: { ...device, ...texts('serial_number') },
      gateway: { ...device, ...withDefaults({ priority: 1 }) },
    },
  },
  file: { types: { file, folder: file } },
  link: { family: 'object', types: { link, ethernet_link: { ...link, ...texts('speed', 'standard') } } },
  service: { types: serviceKinds },
  network: { family: 'object', types: { network } },
  workflow_edge: { types: { workflow_edge: withDefaults({ subtype: 'success', label: 'success', color: 'green' }) } },
  task: { types: { task } },
  credential: { types: { credential } },
  pool: { types: { pool } },
  server: {
    types: {
      server: withDefaults({
        description: 'Localhost',
        mac_address: '',
        ip_address: '127.0.0.1',
        weight: 1,
        status: 'Up',
        location: 'local',
        version: '',
        last_restart: '',
        scheduler_address: 'http://127.0.0.1:5001',
      }),
    },
  },
};

const kinds = new Map<string, Kind>(
  Object.entries(models).flatMap(([model, { family = model, types }]) =>
    Object.entries(types).map(([type, properties]): [string, Kind] => [type, { model, type, family, properties }]),
  ),
);

/** The kind of a concrete type. Undefined when the server has no such class. */
export const kindNamed = (type: string): Kind | undefined => kinds.get(type);

/** What a type name selects for reading: models, and one concrete type unless the name is that of a base type. */
export interface Selection {
  readonly models: readonly string[];
  readonly type: string | undefined;
}

const abstract: Readonly<Record<string, readonly string[]>> = {
  node: ['device', 'network'],
  object: ['device', 'link', 'network'],
};

export function selectionOf(type: string): Selection | undefined {
  const several = abstract[type];
  if (several !== undefined) return { models: several, type: undefined };
  const kind = kinds.get(type);
  return kind && { models: [kind.model], type: kind.type === kind.model ? undefined : kind.type };
}

/** REST never shows these, and exports have them only when asked. */
export const privateProperties: ReadonlySet<string> = new Set([
  'custom_password',
  'enable_password',
  'jump_password',
  'librenms_token',
  'netbox_token',
  'opennms_password',
  'password',
  'private_key',
]);

/** Too big for lists: they can only be read one by one. */
export const bulkyProperties: ReadonlySet<string> = new Set(data);

/** Columns that do not migrate, in addition to ids and derived columns. */
export const unmigratedProperties: Readonly<Record<string, ReadonlySet<string>>> = {
  user: new Set(['last_login', ...accessLists]),
  device: bulkyProperties,
  service: new Set(['status']),
  task: new Set(['is_active']),
  file: new Set(['status', 'full_path', 'folder_path', 'filename']),
};
