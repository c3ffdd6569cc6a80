// Writes objects as the product has done since 4.7: with sorted keys, quotes and tags.
import type { YamlNode } from '../../../enms-yaml/scalars.ts';
import { writeItems } from '../../../enms-yaml/write.ts';
import { plainText } from '../python-text.ts';

/** A number that is written as a float even when it is whole. */
export class Float {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

/** A list that is written as a tuple. */
export class Tuple {
  readonly items: readonly unknown[];
  constructor(items: readonly unknown[]) {
    this.items = items;
  }
}

type Map = Readonly<Record<string, unknown>>;

const floatText = (value: number): string =>
  Number.isInteger(value) ? value.toFixed(1) : String(value).replace('Infinity', '.inf').replace('NaN', '.nan');

const byKey = ([left]: readonly [string, unknown], [right]: readonly [string, unknown]) => (left < right ? -1 : 1);

const text = (value: string): YamlNode => ({ kind: 'scalar', tag: 'str', text: value });

function nodeOf(value: unknown): YamlNode {
  if (value === null || value === undefined) return { kind: 'scalar', tag: 'null', text: 'null' };
  if (value instanceof Float) return { kind: 'scalar', tag: 'float', text: floatText(value.value) };
  if (value instanceof Tuple) return { kind: 'seq', tuple: true, items: value.items.map(nodeOf) };
  if (Array.isArray(value)) return { kind: 'seq', tuple: false, items: (value as readonly unknown[]).map(nodeOf) };
  if (typeof value === 'boolean') return { kind: 'scalar', tag: 'bool', text: String(value) };
  if (typeof value === 'number') {
    return Number.isInteger(value)
      ? { kind: 'scalar', tag: 'int', text: BigInt(value).toString() }
      : { kind: 'scalar', tag: 'float', text: floatText(value) };
  }
  if (typeof value !== 'object') return text(plainText(value));
  const entries = Object.entries(value).sort(byKey);
  return { kind: 'map', entries: entries.map(([key, one]) => [text(key), nodeOf(one)] as const) };
}

/** One object of a file. A file consists of these texts, one after the other. */
export const objectText = (value: Map): string => writeItems([nodeOf(value)]);

/** A whole document; the empty list is `[]`. */
export const yamlText = (value: readonly Map[]): string => writeItems(value.map(nodeOf));
