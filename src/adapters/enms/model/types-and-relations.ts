/** The types that a migration knows, in the order in which the server creates and deletes them. */
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

/** The types in the server's order, each once. */
export function inOrder(wanted: readonly Type[]): readonly Type[] {
  return types.filter((type) => wanted.includes(type));
}

export interface Relation {
  /** The types of the objects that it names. The nodes of a network are devices or networks. */
  readonly to: readonly Type[];
  /**
   * It has one name, not a list. A migration fails as a whole when the target lacks that name. Names in lists that the
   * target lacks are left out silently.
   */
  readonly scalar?: true;
}

type Relations = Readonly<Record<string, Relation>>;

const lists = (...to: Type[]): Relation => ({ to });
const one = (to: Type): Relation => ({ to: [to], scalar: true });
const groups = lists('group');
const owners = { owners: lists('user') };
const rights = (...names: string[]): Relations => Object.fromEntries(names.map((name) => [`rbac_${name}`, groups]));

/** The relations of each type that a migration writes. The server sets the other direction itself. */
export const relations: Readonly<Record<Type, Relations>> = {
  user: {},
  group: { users: lists('user') },
  device: {
    gateways: lists('device'),
    devices: lists('device'),
    ...owners,
    ...rights('read', 'configuration', 'edit', 'connect', 'target'),
  },
  file: { files: lists('file'), folder: one('file') },
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

/**
 * The relation behind a key of an object; undefined when the key is none. Every `rbac_…` names groups, except of users and
 * groups themselves: there it is the other direction, and names devices, pools and so on.
 */
export function relationOf(type: Type, key: string): Relation | undefined {
  const known = relations[type];
  if (Object.hasOwn(known, key)) return known[key];
  return key.startsWith('rbac_') && type !== 'user' && type !== 'group' ? groups : undefined;
}

/** The types outside the set that refer to types in it. When the set is emptied, these relations are lost. */
export function holdersOutside(set: readonly Type[]): readonly Type[] {
  return types.filter(
    (type) =>
      !set.includes(type) && Object.values(relations[type]).some(({ to }) => to.some((target) => set.includes(target))),
  );
}

/** The types outside the set that objects in it need. */
export function needsOutside(set: readonly Type[]): readonly { readonly type: Type; readonly needs: Type }[] {
  return set.flatMap((type) =>
    Object.values(relations[type])
      .filter(({ scalar, to }) => scalar === true && to.every((target) => !set.includes(target)))
      .flatMap(({ to }) => to)
      .filter((needs, index, all) => all.indexOf(needs) === index)
      .map((needs) => ({ type, needs })),
  );
}

/** The services that every server has. They are never deleted, also not when services are emptied. */
export const sharedServices: readonly string[] = ['[Shared] Start', '[Shared] End', '[Shared] Placeholder'];
