// How objects refer to each other. Each relation is stored once and can be read from both ends.

export interface End {
  readonly models: readonly string[];
  /** Only objects of these concrete types have the key. */
  readonly types?: readonly string[];
  /** An object that loses its place in this list is deleted. */
  readonly orphans?: boolean;
  /** The key under which an object names the objects at the other end. Undefined when it does not show them. */
  readonly key?: string;
  /** The key has one name, not a list. */
  readonly scalar?: boolean;
  /** The key is left out of exports. */
  readonly stays?: boolean;
}

export interface Relation {
  readonly name: string;
  readonly near: End;
  readonly far: End;
  /** The near object is deleted together with the far one. */
  readonly cascade?: boolean;
}

export type Side = 'near' | 'far';

/** A relation as one of its objects sees it. */
export interface Reference {
  readonly relation: Relation;
  readonly side: Side;
  readonly key: string;
  readonly scalar: boolean;
  readonly stays: boolean;
  /** The models of the objects it names. */
  readonly targets: readonly string[];
}

const named = (model: string, key: string, others: Partial<End> = {}): End => ({ models: [model], key, ...others });
const silent = (model: string): End => ({ models: [model] });

const owned = ['device', 'link', 'network', 'service', 'task', 'credential', 'pool'];
const rights: Readonly<Record<string, readonly string[]>> = {
  device: ['read', 'configuration', 'edit', 'connect', 'target'],
  link: ['read', 'edit'],
  network: ['read', 'edit'],
  service: ['read', 'edit', 'run'],
  task: ['read', 'edit'],
  credential: ['read', 'edit', 'use'],
  pool: ['read', 'edit', 'use'],
};
const throughPools = ['read', 'configuration', 'edit', 'connect', 'target'];
const stays = { stays: true };
const one = { scalar: true };
/** A list of links. The product shows it only of these subtypes. */
const ends = { ...stays, types: ['router', 'gateway'], orphans: true };

const relations: readonly Relation[] = [
  { name: 'group_user', near: named('group', 'users'), far: named('user', 'groups', stays) },
  {
    name: 'device_gateway',
    near: named('device', 'gateways'),
    far: named('device', 'devices', { types: ['gateway'] }),
  },
  ...owned.map((model) => ({
    name: `${model}_owner`,
    near: named(model, 'owners'),
    far: named('user', `user_${model}s`, stays),
  })),
  ...Object.entries(rights).flatMap(([model, all]) =>
    all.map((right) => ({
      name: `${model}_${right}`,
      near: named(model, `rbac_${right}`),
      far: named('group', `rbac_${right}_${model}s`, stays),
    })),
  ),
  ...throughPools.map((right) => ({
    name: `pool_group_${right}`,
    near: named('pool', `rbac_group_rbac_${right}`),
    far: named('group', `rbac_pool_rbac_${right}`, stays),
  })),
  { name: 'link_source', near: named('link', 'source', one), far: named('device', 'source', ends), cascade: true },
  {
    name: 'link_destination',
    near: named('link', 'destination', one),
    far: named('device', 'destination', ends),
    cascade: true,
  },
  {
    name: 'network_device',
    near: named('network', 'nodes'),
    far: { models: ['device', 'network'], key: 'networks', ...stays },
  },
  { name: 'network_link', near: named('network', 'links'), far: named('link', 'networks', stays) },
  { name: 'service_device', near: named('service', 'target_devices'), far: named('device', 'target_services', stays) },
  { name: 'service_pool', near: named('service', 'target_pools'), far: named('pool', 'target_services') },
  { name: 'service_credential', near: named('service', 'named_credential', one), far: silent('credential') },
  {
    name: 'workflow_service',
    near: named('service', 'services', { types: ['workflow'] }),
    far: named('service', 'workflows', stays),
  },
  {
    name: 'workflow_superworkflow',
    near: named('service', 'superworkflow', { types: ['workflow'], ...one }),
    far: silent('service'),
  },
  {
    name: 'edge_source',
    near: named('workflow_edge', 'source', one),
    far: named('service', 'destinations', stays),
    cascade: true,
  },
  {
    name: 'edge_destination',
    near: named('workflow_edge', 'destination', one),
    far: named('service', 'sources', stays),
    cascade: true,
  },
  {
    name: 'edge_workflow',
    near: named('workflow_edge', 'workflow', one),
    far: named('service', 'edges', { types: ['workflow'], ...stays }),
    cascade: true,
  },
  { name: 'task_service', near: named('task', 'service', one), far: named('service', 'tasks', stays), cascade: true },
  { name: 'task_device', near: named('task', 'devices'), far: named('device', 'tasks', stays) },
  { name: 'task_pool', near: named('task', 'pools'), far: named('pool', 'tasks') },
  {
    name: 'credential_pool',
    near: named('credential', 'device_pools'),
    far: named('pool', 'credential_devices', stays),
  },
  { name: 'credential_group', near: named('credential', 'groups'), far: named('group', 'credentials', stays) },
  { name: 'pool_device', near: named('pool', 'devices'), far: named('device', 'pools', stays) },
  { name: 'pool_link', near: named('pool', 'links'), far: named('link', 'pools', stays) },
  {
    name: 'folder_file',
    near: named('file', 'files', { types: ['folder'], orphans: true }),
    far: named('file', 'folder', one),
  },
];

const stayingAnyway = (model: string, end: End) =>
  end.stays === true && !(model === 'network' && end.key === 'networks');

function referencesFrom(model: string, type: string): readonly Reference[] {
  return relations.flatMap((relation) =>
    (['near', 'far'] as const).flatMap((side): Reference[] => {
      const end = relation[side];
      if (end.key === undefined || !end.models.includes(model)) return [];
      if (end.types?.includes(type) === false) return [];
      return [
        {
          relation,
          side,
          key: end.key,
          scalar: end.scalar === true,
          stays: stayingAnyway(model, end),
          targets: relation[side === 'near' ? 'far' : 'near'].models,
        },
      ];
    }),
  );
}

const known = new Map<string, readonly Reference[]>();

/** The relations that an object of this type shows, by key. */
export function referencesOf(model: string, type: string): readonly Reference[] {
  const key = `${model} ${type}`;
  const found = known.get(key) ?? referencesFrom(model, type);
  known.set(key, found);
  return found;
}

/** The relations whose near objects are deleted together with an object of this model. */
export const cascadesOf = (model: string): readonly Relation[] =>
  relations.filter(({ cascade, far }) => cascade === true && far.models.includes(model));
