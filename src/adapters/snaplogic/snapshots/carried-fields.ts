import type { Json } from '../../../ports/journal.ts';

type Member = Readonly<Record<string, Json>>;

/** Members that each control plane, and each save, makes itself. */
const serverMade = new Set([
  'class_build_tag',
  'class_fqid',
  'client_guid',
  'default_snaplex',
  'instance_fqid',
  'instance_id',
  'instance_version',
  'ref_id',
]);

/** Members of any asset in a list, and of its document. They tell where it is, whose it is and when it was changed. */
const aboutIt = new Set([
  'acl',
  'asset_id',
  'asset_type',
  'create_time',
  'creator',
  'lease_info',
  'link_serial',
  'metadata',
  'migrate_version',
  'migration_metadata',
  'name',
  'org_snode_id',
  'owner',
  'parent_snode_id',
  'partition_snode_id',
  'path',
  'path_id',
  'perms',
  'project_snode_id',
  'scrub_version',
  'snode_id',
  'target_runtime',
  'time_created',
  'time_leased',
  'time_updated',
  'update_time',
  'updated_by',
]);

const secretName = /(?:passw(?:or)?d|passphrase|secret|credential|(?:private|access|api|secret)_?key|token)$/iu;

/** What a migration carries of an asset: its own members, without those that a control plane makes. */
export function carriedFields(document: Member, renames: ReadonlyMap<string, string>): Readonly<Record<string, Json>> {
  const fields: Record<string, Json> = {};
  for (const [name, value] of Object.entries(document)) {
    if (aboutIt.has(name) || serverMade.has(name)) continue;
    const kept = carried(name === 'property_map' ? withoutLabel(value) : value, name, renames);
    if (kept !== undefined) fields[name] = kept;
  }
  return fields;
}

/**
 * A value without ids. A secret is `true`, or undefined when it is empty. An account is known by its label, which gets
 * its new name.
 */
export function carried(value: Json, name: string, renames: ReadonlyMap<string, string>): Json | undefined {
  if (isSecret(value, name)) return holds(value) ? true : undefined;
  if (Array.isArray(value)) return value.map((one: Json) => carried(one, '', renames) ?? null);
  if (!isMember(value)) return value;
  const kept: Record<string, Json> = {};
  for (const [key, one] of Object.entries(value)) {
    if (serverMade.has(key)) continue;
    const inner = carried(key === 'account_ref' ? renamed(one, renames) : one, key, renames);
    if (inner !== undefined) kept[key] = inner;
  }
  return kept;
}

/** The control plane keeps an encrypted value beside the name of its key. Some values are known by their names alone. */
function isSecret(value: Json, name: string): boolean {
  if (isMember(value)) {
    return (typeof value['key'] === 'string' && 'value' in value) || (secretName.test(name) && 'value' in value);
  }
  return typeof value === 'string' && secretName.test(name);
}

function holds(value: Json): boolean {
  const held = isMember(value) ? value['value'] : value;
  return held !== undefined && held !== null && held !== '';
}

/** The label of an asset is its name. */
function withoutLabel(map: Json): Json {
  if (!isMember(map) || !isMember(map['info'] ?? null)) return map;
  const info = Object.entries(map['info'] as Member).filter(([name]) => name !== 'label');
  return { ...map, info: Object.fromEntries(info) };
}

function renamed(reference: Json, renames: ReadonlyMap<string, string>): Json {
  const value = isMember(reference) ? reference['value'] : undefined;
  const label = value !== undefined && isMember(value) ? value['label'] : undefined;
  const text = label !== undefined && isMember(label) ? label['value'] : undefined;
  const to = typeof text === 'string' ? renames.get(text) : undefined;
  if (to === undefined) return reference;
  return { ...(reference as Member), value: { ...(value as Member), label: { ...(label as Member), value: to } } };
}

export function isMember(value: Json): value is Member {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
