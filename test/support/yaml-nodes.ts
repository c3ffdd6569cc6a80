import type { YamlValue } from '../../src/adapters/enms/wire/yaml.ts';
import type { YamlNode } from '../../src/enms-yaml/scalars.ts';

/** Makes the YAML nodes for plain data, as a reader of a file makes them. */
export function nodeOf(value: YamlValue): YamlNode {
  if (value === null) return { kind: 'scalar', tag: 'null', text: 'null' };
  if (typeof value === 'boolean') return { kind: 'scalar', tag: 'bool', text: String(value) };
  if (typeof value === 'number') {
    return { kind: 'scalar', tag: Number.isSafeInteger(value) ? 'int' : 'float', text: String(value) };
  }
  if (typeof value === 'string') return { kind: 'scalar', tag: 'str', text: value };
  if (isList(value)) return { kind: 'seq', tuple: false, items: value.map(nodeOf) };
  return { kind: 'map', entries: Object.entries(value).map(([key, item]) => [nodeOf(key), nodeOf(item)] as const) };
}

const isList = (value: YamlValue): value is readonly YamlValue[] => Array.isArray(value);
