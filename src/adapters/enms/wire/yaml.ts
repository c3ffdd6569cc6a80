import { readYaml } from '../../../enms-yaml/read.ts';
import { YamlError, type YamlNode, scalarValue } from '../../../enms-yaml/scalars.ts';
import { MigratorError } from '../../../errors.ts';

export type YamlValue = string | number | boolean | null | readonly YamlValue[] | { readonly [key: string]: YamlValue };

/** More values than this in one document come from a document that refers to itself again and again. */
const mostValues = 20_000_000;

/**
 * One document in the server's styles (tagged and quoted, or plain) and in what people write by hand. No tag is run: a
 * Python tuple is a list, every other tag that is not plain data is refused. PACKAGE_MALFORMED names file and place.
 */
export function nodeIn(text: string, name: string): YamlNode {
  try {
    return readYaml(text);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    throw new MigratorError('PACKAGE_MALFORMED', `${name} cannot be read: ${error.message}`, { cause: error });
  }
}

/** Plain data: tuples are lists; timestamps, binaries and what no number of JSON can be stay text. */
export function valueOf(node: YamlNode, budget = { left: mostValues }): YamlValue {
  budget.left -= 1;
  if (budget.left < 0) {
    throw new MigratorError('PACKAGE_MALFORMED', 'it repeats itself into more values than any server holds');
  }
  switch (node.kind) {
    case 'scalar':
      return scalarOf(node);
    case 'seq':
      return node.items.map((item) => valueOf(item, budget));
    case 'map':
      // An own property also for the key `__proto__`.
      return Object.fromEntries(node.entries.map(([key, value]) => [keyText(key), valueOf(value, budget)]));
  }
}

/** A key is always a scalar: the reader refuses any other. */
export const keyText = (key: YamlNode): string => (key.kind === 'scalar' ? key.text : '');

function scalarOf({ tag, text }: Extract<YamlNode, { kind: 'scalar' }>): YamlValue {
  const value = scalarValue(tag, text);
  if (value === undefined || typeof value === 'bigint') return text;
  return typeof value === 'number' && !Number.isFinite(value) ? text : value;
}
