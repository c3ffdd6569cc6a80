// Random objects of an eNMS server, as bodies of POST instance. Each object comes after those that it names.
import { fc } from './property.ts';

type Body = Readonly<Record<string, unknown>>;

export interface Step {
  /** The concrete type, as the path of the request names it. */
  readonly type: string;
  readonly body: Body;
}

/** Declarations of a site's own properties, as `setup/properties.json` has them. */
export const siteProperties = {
  device: {
    rack: { type: 'str', default: '' },
    custom_json: { type: 'dict', default: {} },
    tags: { type: 'list', default: [] },
    slots: { type: 'int', default: 0 },
    in_service: { type: 'bool', default: true },
    load: { type: 'float', default: 0.5 },
    snmp_community: { type: 'str', default: null, private: true },
  },
  link: { circuit: { type: 'str', default: '' } },
  service: { runbook: { type: 'dict', default: {} } },
};

/** Names with a special meaning in URLs, YAML or JavaScript, or for a reader; eNMS forbids only slashes and quotes. */
const oddNames = [
  '%2F', '100%', '?a=b&c#d', 'a;b', 'a+b', ' padded ', '...', '.hidden', '[x] y', '[Shared] odd', '{}', '[]', '- a', 'a: b', '#no',
  '!!binary x', '&anchor', '*alias', 'null', '~', 'yes', '1e3', '0x1F', '__proto__', 'constructor', 'toString',
  '>', 'a>b', 'été', 'e\u0301te\u0301', 'a\u00a0b', '\u2028', '\ufeffmark', '\u200frtl', '𝔘𝔫𝔦', '日本語', '👩‍🚒', 'a\tb', 'ADMIN', 'admin ', '<b>&amp;',
  '`x`', '$HOME', '%s', 'x'.repeat(150),
]; // prettier-ignore

const forbidden = /[/\\'"\p{Cc}]/gu;
const name = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(...oddNames) },
  {
    weight: 3,
    arbitrary: fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
      .map((text) => text.replaceAll(forbidden, '_'))
      .filter((text) => text !== '' && text !== '.' && text !== '..'),
  },
);

const value = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.string({ unit: 'binary', maxLength: 12 }).map((text) => text.replaceAll('\0', '')),
  fc.constantFrom('null', 'true', '0o17', '2026-11-21', ' lead', 'trail ', 'two\nlines\n', '\r\n', '\\', '"', "'", '# no', `${'word '.repeat(40)}end`),
); // prettier-ignore

const { tree: json } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    value,
    fc.boolean(),
    fc.integer(),
    fc.integer({ min: -4000, max: 4000 }).map((number) => number / 8),
    fc.constant(null),
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(value, tie('tree'), { maxKeys: 3 }),
  ),
}));
const dict = fc.dictionary(value, json, { maxKeys: 3 });
const coordinate = fc.integer({ min: -999, max: 999 });
const position = fc.tuple(coordinate, coordinate);

/** Selects objects that were made before. The number of objects decides which ones. */
const picks = fc.array(fc.nat(), { maxLength: 3 });
const some = <T>(arbitrary: fc.Arbitrary<T>, maxLength = 3) => fc.array(arbitrary, { maxLength });

const seeds = fc.record({
  users: some(fc.record({ name, email: value, description: value, password: fc.string({ minLength: 1, maxLength: 9 }), theme: fc.constantFrom('dark', 'default') })),
  groups: some(fc.record({ name, description: value, admin_only: fc.boolean(), device_access: some(value, 2), users: picks })),
  devices: some(fc.record({
    name, type: fc.constantFrom('device', 'router', 'gateway'), description: value, vendor: fc.constantFrom('', 'Cisco', 'Żółw'), port: fc.nat(65_535),
    rack: value, custom_json: dict, tags: some(json, 2), slots: fc.integer(), in_service: fc.boolean(), load: fc.integer().map((number) => number / 16),
    snmp_community: value, gateways: picks, rbac_read: picks, rbac_target: picks, owners: picks,
  }), 4),
  links: some(fc.record({ name, type: fc.constantFrom('link', 'ethernet_link'), color: value, circuit: value, ends: fc.tuple(fc.nat(), fc.nat()), rbac_edit: picks })),
  networks: some(fc.record({ name, labels: dict, category: value, nodes: picks, inside: picks, links: picks })),
  credentials: some(fc.record({ name, subtype: fc.constantFrom('password', 'key'), username: value, password: value, private_key: value, groups: picks })),
  pools: some(fc.record({ name, manual: fc.boolean(), device_vendor: fc.constantFrom('', 'Cisco', 'Żółw'), devices: picks, links: picks, rbac_group_rbac_read: picks, owners: picks })),
  workflows: some(fc.record({ name, description: value, runbook: dict, emptied: fc.boolean(), holders: picks, positions: position, superworkflow: fc.option(fc.nat()) })),
  services: some(fc.record({
    name, type: fc.constantFrom('python_snippet_service', 'ping_service', 'netmiko_commands_service'), source_code: value, custom_password: value,
    place: fc.constantFrom('alone', 'inside', 'shared'), initial_payload: dict, skip: dict, holders: picks, positions: position,
    target_devices: picks, target_pools: picks, named_credential: fc.option(fc.nat()), rbac_run: picks,
  }), 4),
  edges: some(fc.record({ name, subtype: fc.constantFrom('success', 'failure'), label: value, ends: fc.tuple(fc.nat(), fc.nat(), fc.nat()) })),
  tasks: some(fc.record({ name, crontab_expression: value, initial_payload: dict, is_active: fc.boolean(), service: fc.nat(), devices: picks, pools: picks })),
  folders: some(fc.record({ name, description: value, files: some(name, 2) }), 2),
}); // prettier-ignore

type Seeds = typeof seeds extends fc.Arbitrary<infer One> ? One : never;

const chosen = (from: readonly string[], wanted: readonly number[]): readonly string[] =>
  from.length === 0 ? [] : [...new Set(wanted.map((index) => from[index % from.length] ?? ''))];
const one = (from: readonly string[], index: number): string | undefined => chosen(from, [index])[0];
const distinct = <T extends { readonly name: string }>(items: readonly T[]): readonly T[] =>
  items.filter(({ name }, index) => items.findIndex((other) => other.name === name) === index);

const noAccess = { menu: [], pages: [], get_requests: [], post_requests: [], delete_requests: [] };

function stepsOf(from: Seeds): readonly Step[] {
  const steps: Step[] = [];
  const add = (type: string, body: Body) => void steps.push({ type, body });
  const users = distinct(from.users).filter(({ name }) => name !== 'admin');
  const names = (items: readonly { readonly name: string }[]) => distinct(items).map(({ name }) => name);
  for (const user of users) add('user', user);
  const userNames = names(users);
  for (const { users: members, ...group } of distinct(from.groups)) {
    add('group', { ...group, ...noAccess, menu: ['Inventory'], users: chosen(userNames, members) });
  }
  const groups = names(from.groups);
  const devices = names(from.devices);
  for (const [index, { type, gateways, rbac_read, rbac_target, owners, ...device }] of distinct(
    from.devices,
  ).entries()) {
    add(type, {
      ...device,
      gateways: chosen(devices.slice(0, index), gateways),
      rbac_read: chosen(groups, rbac_read),
      rbac_target: chosen(groups, rbac_target),
      ...(owners.length === 0 ? {} : { owners: chosen(['admin', ...userNames], owners) }),
    });
  }
  const links = devices.length === 0 ? [] : distinct(from.links);
  for (const { type, ends, rbac_edit, ...link } of links) {
    add(type, { ...link, source: one(devices, ends[0]), destination: one(devices, ends[1]), rbac_edit: chosen(groups, rbac_edit), owners: [] });
  } // prettier-ignore
  const networks = distinct(from.networks).filter(({ name }) => !devices.includes(name));
  for (const [index, { nodes, inside, links: held, ...network }] of networks.entries()) {
    const earlier = names(networks).slice(0, index);
    add('network', { ...network, nodes: [...chosen(devices, nodes), ...chosen(earlier, inside)], links: chosen(names(links), held) });
  } // prettier-ignore
  for (const { manual, devices: members, links: held, rbac_group_rbac_read, owners, ...pool } of distinct(from.pools)) {
    add('pool', {
      ...pool,
      device_vendor_match: 'equality',
      rbac_group_rbac_read: chosen(groups, rbac_group_rbac_read),
      owners: chosen(['admin', ...userNames], owners),
      manually_defined: manual,
      ...(manual ? { devices: chosen(devices, members), links: chosen(names(links), held) } : {}),
    });
  }
  const pools = [...names(from.pools), 'All objects'];
  for (const [index, { groups: held, ...credential }] of distinct(from.credentials).entries()) {
    add('credential', { ...credential, groups: chosen(groups, held), device_pools: chosen(pools, [index]) });
  }
  const services = addServices(from, { devices, groups, pools, credentials: names(from.credentials) }, add);
  const { workflows } = services;
  for (const { ends, ...edge } of workflows.length === 0 ? [] : distinct(from.edges)) {
    add('workflow_edge', { ...edge, source: one(services.all, ends[0]), destination: one(services.all, ends[1]), workflow: one(workflows, ends[2]) });
  } // prettier-ignore
  for (const { service, devices: aims, pools: wide, ...task } of distinct(from.tasks)) {
    add('task', { ...task, service: one(services.all, service), devices: chosen(devices, aims), pools: chosen(pools, wide) });
  } // prettier-ignore
  for (const { name, description, files } of distinct(from.folders)) {
    const path = `/${name}`;
    for (const file of new Set(files)) add('file', { name: file, path: `${path}/${file}` });
    const inside = [...new Set(files)].map((file) => `>${name}>${file}`);
    add('folder', { name, path, description, files: inside });
  }
  return steps;
}

interface Others {
  readonly devices: readonly string[];
  readonly groups: readonly string[];
  readonly pools: readonly string[];
  readonly credentials: readonly string[];
}

/** The name of a service contains its workflow. The server makes it so. */
function addServices(
  from: Seeds,
  { devices, groups, pools, credentials }: Others,
  add: (type: string, body: Body) => void,
) {
  const workflows: string[] = [];
  const emptied: string[] = [];
  for (const { name: scoped, holders, positions, emptied: empty, superworkflow, ...workflow } of from.workflows) {
    const [holder] = chosen(workflows, holders.slice(0, 1));
    const name = holder === undefined ? scoped : `[${holder}] ${scoped}`;
    if (workflows.includes(name)) continue;
    const above = superworkflow === null ? undefined : one(workflows, superworkflow);
    add('workflow', {
      ...workflow,
      name,
      scoped_name: scoped,
      ...(holder === undefined ? {} : { workflows: [holder], positions: { [holder]: positions } }),
      ...(above === undefined ? {} : { superworkflow: above }),
    });
    workflows.push(name);
    if (empty) emptied.push(name);
  }
  // The empty list removes even the services Start and End.
  for (const name of emptied) add('workflow', { name, services: [] });
  const all = ['[Shared] Start', '[Shared] End', ...workflows];
  for (const { type, name: scoped, place, holders, positions, named_credential, ...service } of from.services) {
    const held = place === 'alone' ? [] : chosen(workflows, place === 'shared' ? holders : holders.slice(0, 1));
    const prefix = place === 'shared' ? '[Shared] ' : held[0] === undefined ? '' : `[${held[0]}] `;
    const name = `${prefix}${scoped}`;
    if (all.includes(name) || scoped === 'Placeholder' || name === 'cluster_monitoring') continue;
    const credential = named_credential === null ? undefined : one(credentials, named_credential);
    add(type, {
      ...service,
      name,
      scoped_name: scoped,
      shared: place === 'shared',
      workflows: held,
      positions: Object.fromEntries(held.map((workflow) => [workflow, positions])),
      target_devices: chosen(devices, service.target_devices),
      target_pools: chosen(pools, service.target_pools),
      rbac_run: chosen(groups, service.rbac_run),
      ...(credential === undefined ? {} : { named_credential: credential }),
    });
    all.push(name);
  }
  return { all, workflows };
}

export const objectGraph: fc.Arbitrary<readonly Step[]> = seeds.map(stepsOf);
