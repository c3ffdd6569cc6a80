import { readYaml } from '../../../enms-yaml/read.ts';
import { YamlError, type YamlNode, scalarValue } from '../../../enms-yaml/scalars.ts';
import { MigratorError } from '../../../errors.ts';

export type YamlValue = string | number | boolean | null | readonly YamlValue[] | { readonly [key: string]: YamlValue };

/** A document with more values than this refers to itself again and again. */
const mostValues = 20_000_000;

/**
 * Reads one document in the styles of the server (tagged and quoted, or plain) or as people write it. No tag is
 * executed: a Python tuple becomes a list, and every other tag that is not plain data is refused. PACKAGE_MALFORMED
 * names file and place.
 */
export function nodeIn(text: string, name: string): YamlNode {
  try {
    return readYaml(text);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    throw new MigratorError('PACKAGE_MALFORMED', `${name} cannot be read: ${error.message}`, { cause: error });
  }
}

/** Plain data. Tuples become lists. Timestamps, binaries and numbers that JSON does not have stay text. */
export function valueOf(node: YamlNode, budget = { left: mostValues }): YamlValue {
  budget.left -= 1;
  if (budget.left < 0) {
    throw new MigratorError('PACKAGE_MALFORMED', 'its references to itself make more values than any server holds');
  }
  switch (node.kind) {
    case 'scalar':
      return scalarOf(node);
    case 'seq':
      return node.items.map((item) => valueOf(item, budget));
    case 'map':
      // Object.fromEntries makes the key `__proto__` a property like any other.
      return Object.fromEntries(node.entries.map(([key, value]) => [keyText(key), valueOf(value, budget)]));
  }
}

/** The text of a key, which is always a scalar: the reader refuses other keys. */
export const keyText = (key: YamlNode): string => (key.kind === 'scalar' ? key.text : '');

function scalarOf({ tag, text }: Extract<YamlNode, { kind: 'scalar' }>): YamlValue {
  const value = scalarValue(tag, text);
  if (value === undefined || typeof value === 'bigint') return text;
  return typeof value === 'number' && !Number.isFinite(value) ? text : value;
}
