/** The types that a migration of the server knows, in its own order, which is the order of creation and of deletion. */
export const types = [
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

export type Type = (typeof types)[number];

export function isType(text: string): text is Type {
  return (types as readonly string[]).includes(text);
}

/** In the server's order, each once. */
export function inOrder(wanted: readonly Type[]): readonly Type[] {
  return types.filter((type) => wanted.includes(type));
}

export interface Relation {
  /** What the names in it are names of; a network's nodes are devices or networks. */
  readonly to: readonly Type[];
  /** One name instead of a list. A migration fails as a whole when it is not found; names in lists are dropped silently. */
  readonly scalar?: true;
}

type Relations = Readonly<Record<string, Relation>>;

const lists = (...to: Type[]): Relation => ({ to });
const one = (to: Type): Relation => ({ to: [to], scalar: true });
const groups = lists('group');
const owners = { owners: lists('user') };
const rights = (...names: string[]): Relations => Object.fromEntries(names.map((name) => [`rbac_${name}`, groups]));

/** What a migration writes of each type's relations; the other direction comes back by itself. */
export const relations: Readonly<Record<Type, Relations>> = {
  user: {},
  group: { users: lists('user') },
  device: {
    gateways: lists('device'),
    devices: lists('device'),
    ...owners,
    ...rights('read', 'configuration', 'edit', 'connect', 'target'),
  },
  file: { files: lists('file') },
  link: { source: one('device'), destination: one('device'), ...owners, ...rights('read', 'edit') },
  service: {
    target_devices: lists('device'),
    target_pools: lists('pool'),
    services: lists('service'),
    superworkflow: one('service'),
    named_credential: one('credential'),
    ...owners,
    ...rights('read', 'edit', 'run'),
  },
  network: {
    nodes: lists('device', 'network'),
    links: lists('link'),
    networks: lists('network'),
    ...owners,
    ...rights('read', 'edit'),
  },
  workflow_edge: { source: one('service'), destination: one('service'), workflow: one('service') },
  task: {
    service: one('service'),
    devices: lists('device'),
    pools: lists('pool'),
    ...owners,
    ...rights('read', 'edit'),
  },
  credential: { device_pools: lists('pool'), groups, ...owners, ...rights('read', 'edit', 'use') },
  pool: {
    devices: lists('device'),
    links: lists('link'),
    tasks: lists('task'),
    target_services: lists('service'),
    ...owners,
    ...rights('read', 'edit'),
  },
};

/** The relation that a key of a type's object is; `rbac_…` of any kind names groups. */
export function relationOf(type: Type, key: string): Relation | undefined {
  const known = relations[type];
  if (Object.hasOwn(known, key)) return known[key];
  return key.startsWith('rbac_') ? groups : undefined;
}

/** Types outside the set whose relations point into it: when it is emptied, those relations are lost. */
export function holdersOutside(set: readonly Type[]): readonly Type[] {
  return types.filter(
    (type) =>
      !set.includes(type) && Object.values(relations[type]).some(({ to }) => to.some((target) => set.includes(target))),
  );
}

/** What an object in the set cannot do without and is not in the set itself. */
export function needsOutside(set: readonly Type[]): readonly { readonly type: Type; readonly needs: Type }[] {
  return set.flatMap((type) =>
    Object.values(relations[type])
      .filter(({ scalar, to }) => scalar === true && to.every((target) => !set.includes(target)))
      .flatMap(({ to }) => to)
      .filter((needs, index, all) => all.indexOf(needs) === index)
      .map((needs) => ({ type, needs })),
  );
}

/** Services that every server has: never deleted, not even when services are emptied. */
export const sharedServices: readonly string[] = ['[Shared] Start', '[Shared] End', '[Shared] Placeholder'];
