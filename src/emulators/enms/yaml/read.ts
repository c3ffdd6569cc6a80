import { readYaml as readNode } from '../../../enms-yaml/read.ts';
import { type YamlNode, scalarValue } from '../../../enms-yaml/scalars.ts';

/**
 * What the product's loader makes of a text; null for one without content. Tuples become arrays, dates stay text. Fails
 * with YamlError for what is no YAML and for tags that would make objects of the server's language.
 */
export const readYaml = (source: string): unknown => valueOf(readNode(source), new Map());

/** What an alias stands for is one object, however often it comes. */
function valueOf(node: YamlNode, known: Map<YamlNode, unknown>): unknown {
  if (node.kind === 'scalar') {
    const value = scalarValue(node.tag, node.text);
    return typeof value === 'bigint' ? Number(value) : value;
  }
  if (known.has(node)) return known.get(node);
  const value =
    node.kind === 'seq'
      ? node.items.map((item) => valueOf(item, known))
      : // An own property also for the key `__proto__`.
        Object.fromEntries(node.entries.map(([key, one]) => [keyText(key), valueOf(one, known)]));
  known.set(node, value);
  return value;
}

function keyText(key: YamlNode): string {
  const value = key.kind === 'scalar' ? scalarValue(key.tag, key.text) : undefined;
  return value === null ? 'None' : String(value);
}
