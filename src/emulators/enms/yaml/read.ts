import { readYaml as readNode } from '../../../enms-yaml/read.ts';
import { type YamlNode, scalarValue } from '../../../enms-yaml/scalars.ts';

/**
 * The value that the product's loader reads from a text; null when it has no content. Tuples become arrays, dates stay
 * text. Fails with YamlError for what is not YAML and for tags that would make Python objects.
 */
export const readYaml = (source: string): unknown => valueOf(readNode(source), new Map());

/** All aliases of an anchor become the same object. */
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
