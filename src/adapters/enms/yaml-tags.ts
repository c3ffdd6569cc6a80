import type { ScalarTag, YamlNode } from './yaml-node.ts';

const scalars: Readonly<Record<string, ScalarTag>> = {
  str: 'str',
  bool: 'bool',
  int: 'int',
  float: 'float',
  null: 'null',
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

/** The node with the meaning of its tag; undefined when the tag is not one of plain data, or does not fit the value. */
export function applyTag(tag: string, node: YamlNode): YamlNode | undefined {
  const name = /^!!(.*)$/.exec(tag)?.[1] ?? /^!<tag:yaml\.org,2002:(.*)>$/.exec(tag)?.[1];
  // A lone mark says that the text is no number, whatever it looks like.
  if (tag === '!') return node.kind === 'scalar' ? { ...node, tag: 'str' } : node;
  if (name === undefined) return undefined;
  switch (node.kind) {
    case 'scalar': {
      const scalar = Object.hasOwn(scalars, name) ? scalars[name] : undefined;
      return scalar === undefined ? undefined : { ...node, tag: scalar };
    }
    case 'seq':
      if (name === 'python/tuple') return { ...node, tuple: true };
      return name === 'seq' || name === 'python/list' ? node : undefined;
    case 'map':
      return name === 'map' || name === 'python/dict' ? node : undefined;
  }
}
