import type { YamlNode } from '../../../yaml/node.ts';
import { readYaml as readNode } from '../../../yaml/read.ts';
import { scalarValue } from '../../../yaml/scalars.ts';

/**
 * What the product's loader makes of a text; null for one without content. Tuples become arrays, dates stay text. Fails
 * with YamlError for what is no YAML and for tags that would make objects of the server's language.
 */
export const readYaml = (source: string): unknown => valueOf(readNode(source));

function valueOf(node: YamlNode): unknown {
  switch (node.kind) {
    case 'scalar': {
      const value = scalarValue(node.tag, node.text);
      return typeof value === 'bigint' ? Number(value) : value;
    }
    case 'seq':
      return node.items.map(valueOf);
    case 'map':
      // An own property also for the key `__proto__`.
      return Object.fromEntries(node.entries.map(([key, value]) => [keyText(key), valueOf(value)]));
  }
}

function keyText(key: YamlNode): string {
  const value = key.kind === 'scalar' ? scalarValue(key.tag, key.text) : undefined;
  return value === null ? 'None' : String(value);
}
