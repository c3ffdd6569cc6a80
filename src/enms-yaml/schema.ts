import { defineMappingTag, defineScalarTag, defineSequenceTag, mergeTag, NOT_RESOLVED, Schema } from 'js-yaml';
import { type ScalarTag, type YamlNode, plainTag, scalarValue } from './scalars.ts';

const scalars: Readonly<Record<string, ScalarTag>> = {
  str: 'str',
  bool: 'bool',
  int: 'int',
  float: 'float',
  timestamp: 'timestamp',
  binary: 'binary',
  'python/str': 'str',
  'python/unicode': 'str',
  'python/bool': 'bool',
  'python/int': 'int',
  'python/long': 'int',
  'python/float': 'float',
  'python/none': 'null',
};

type Entry = readonly [YamlNode, YamlNode];

// The library does not write from these tags: its writer gets other values.
const readOnly = { identify: () => false };
const full = (name: string) => `tag:yaml.org,2002:${name}`;

/** The library itself makes texts for `<<` and after a lone `!`. */
export const nodeFrom = (value: unknown): YamlNode =>
  typeof value === 'string' ? { kind: 'scalar', tag: 'str', text: value } : (value as YamlNode);

/**
 * Builds nodes of plain data. A Python tuple is a list, and all other tags are unknown, so nothing is ever run. Equal
 * scalars are the same node: keys are repeated in each object, and the library compares nodes to find overridden keys
 * of `<<`.
 */
export function nodeSchema(): Schema {
  const known = new Map<ScalarTag, Map<string, YamlNode>>();
  const scalar = (tag: ScalarTag, text: string): YamlNode => {
    let texts = known.get(tag);
    if (texts === undefined) known.set(tag, (texts = new Map<string, YamlNode>()));
    let node = texts.get(text);
    if (node === undefined) texts.set(text, (node = { kind: 'scalar', tag, text }));
    return node;
  };
  // Reads every word without quotes and tag.
  const plain = defineScalarTag<YamlNode>(full('null'), {
    ...readOnly,
    implicit: true,
    resolve: (text, isExplicit) => {
      const tag = isExplicit ? 'null' : plainTag(text);
      return tag === 'str' ? NOT_RESOLVED : scalar(tag, text);
    },
  });
  const tagged = Object.entries(scalars).map(([name, tag]) =>
    defineScalarTag<YamlNode>(full(name), {
      ...readOnly,
      resolve: (text) => (scalarValue(tag, text) === undefined ? NOT_RESOLVED : scalar(tag, text)),
    }),
  );
  const lists = ['seq', 'python/list', 'python/tuple'].map((name) =>
    defineSequenceTag<YamlNode[], YamlNode>(full(name), {
      ...readOnly,
      create: () => [],
      addItem: (items, item) => {
        items.push(nodeFrom(item));
      },
      finalize: (items) => ({ kind: 'seq', tuple: name === 'python/tuple', items }),
    }),
  );
  const maps = ['map', 'python/dict'].map((name) =>
    defineMappingTag<Map<string, Entry>, YamlNode>(full(name), {
      ...readOnly,
      create: () => new Map<string, Entry>(),
      addPair: (entries, key, value) => {
        const node = nodeFrom(key);
        if (node.kind !== 'scalar') return 'a key is a list or a map';
        entries.set(node.text, [node, nodeFrom(value)]);
        return '';
      },
      has: (entries, key) => {
        const node = nodeFrom(key);
        return node.kind === 'scalar' && entries.has(node.text);
      },
      keys: (map) => entriesOf(map).map(([key]) => key),
      get: (map, key) => entriesOf(map).find(([one]) => one === key)?.[1],
      finalize: (entries) => ({ kind: 'map', entries: [...entries.values()] }),
    }),
  );
  return new Schema([plain, mergeTag, ...tagged, ...lists, ...maps]);
}

const entriesOf = (node: YamlNode) => (node.kind === 'map' ? node.entries : []);
