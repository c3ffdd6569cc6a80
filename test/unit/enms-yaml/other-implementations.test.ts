// The eNMS adapter and the eNMS emulator share one reader and one writer of YAML, so neither can catch a mistake of the
// other. Here both are compared with files and values of ruamel.yaml, which the servers use, and of PyYAML.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { readYaml } from '../../../src/enms-yaml/read.ts';
import { scalarValue, type YamlNode } from '../../../src/enms-yaml/scalars.ts';
import { writeItems } from '../../../src/enms-yaml/write.ts';

const folder = new URL('../../fixtures/enms/other-implementations/', import.meta.url);
const fixture = (name: string) => readFileSync(new URL(name, folder), 'utf8');

type Rendered =
  | string
  | boolean
  | null
  | readonly Rendered[]
  | { readonly $int: string }
  | { readonly $float: string }
  | { readonly $time: string }
  | { readonly $bytes: readonly number[] }
  | { readonly $tuple: readonly Rendered[] }
  | { readonly $map: readonly (readonly [Rendered, Rendered])[] };

type Plain = string | number | bigint | boolean | null | Date | Uint8Array | readonly Plain[] | Map<string, Plain>;

/** A Python tuple, which must differ from a list with the same items. */
const tuple = (items: readonly Plain[]): Plain => ['(', ...items, ')'];

/** Keys of different types must differ: 1, 1.5, true, null and their texts. */
function keyOf(key: Plain): string {
  if (typeof key === 'string') return key;
  return key === null || typeof key !== 'object' ? `!${typeof key} ${String(key)}` : '!collection';
}

const pythonFloats: Readonly<Record<string, number>> = { inf: Infinity, '-inf': -Infinity, nan: Number.NaN };

/** Python's values. Times without a zone count as UTC. */
function fromPython(value: Rendered): Plain {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return (value as readonly Rendered[]).map(fromPython);
  if ('$int' in value) return BigInt(value.$int);
  if ('$float' in value) return pythonFloats[value.$float] ?? Number(value.$float);
  if ('$time' in value) return timeOf(value.$time);
  if ('$bytes' in value) return Uint8Array.from(value.$bytes);
  if ('$tuple' in value) return tuple(value.$tuple.map(fromPython));
  if ('$map' in value) return new Map(value.$map.map(([key, one]) => [keyOf(fromPython(key)), fromPython(one)]));
  throw new Error(`unknown value ${JSON.stringify(value)}`);
}

/** A time as ISO 8601 and YAML write it: with a blank or a T, one or two digits, and a zone or none. */
function timeOf(text: string): Date {
  const [, year, month, day, clock = '0:0:0', fraction = '', zone = ''] =
    /^(\d{4})-(\d\d?)-(\d\d?)(?:[Tt ]+(\d\d?:\d\d:\d\d)(\.\d*)?\s*(Z|[-+]\d\d?(?::?\d\d)?)?)?$/.exec(text) ?? [];
  const two = (part: string | undefined) => (part ?? '').padStart(2, '0');
  const [hour, minute, second] = clock.split(':').map(two);
  const [, sign = '', hours = '', minutes = '00'] = /^([-+])(\d\d?):?(\d\d)?$/.exec(zone) ?? [];
  const offset = sign === '' ? 'Z' : `${sign}${two(hours)}:${minutes}`;
  return new Date(`${year}-${two(month)}-${two(day)}T${hour}:${minute}:${second}${fraction}${offset}`);
}

/** What this project reads, in the same form. Types distinguish whole numbers, other numbers, times and bytes. */
function fromNode(node: YamlNode): Plain {
  if (node.kind === 'seq') return node.tuple ? tuple(node.items.map(fromNode)) : node.items.map(fromNode);
  if (node.kind === 'map') return new Map(node.entries.map(([key, value]) => [keyOf(fromNode(key)), fromNode(value)]));
  const value = scalarValue(node.tag, node.text);
  if (value === undefined) throw new Error(`"${node.text}" does not fit its tag ${node.tag}`);
  if (node.tag === 'int') return BigInt(value as number);
  if (node.tag === 'timestamp') return timeOf(node.text);
  if (node.tag === 'binary') return new Uint8Array(Buffer.from(node.text, 'base64'));
  return value;
}

const itemsOf = (node: YamlNode) => (node.kind === 'seq' ? node.items : []);
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => name.slice(0, -'.yaml'.length));

describe('the reader', () => {
  test('knows the files of all writers', () => {
    expect(names.toSorted()).toEqual([
      'by-hand',
      'pyyaml-plain',
      'pyyaml-quoted',
      'rewritten',
      'ruamel-metadata',
      'ruamel-plain',
      'ruamel-quoted',
      'ruamel-quoted-other',
    ]);
  });

  test.each(names)('finds the values in %s.yaml that a server finds', (name) => {
    const expected = fromPython(JSON.parse(fixture(`${name}.json`)) as Rendered);
    const read = fromNode(readYaml(fixture(`${name}.yaml`)));
    // Item by item, so that a difference is shown where it is.
    if (Array.isArray(expected) && Array.isArray(read)) {
      for (const [index, item] of expected.entries()) expect(read[index]).toEqual(item);
    }
    expect(read).toEqual(expected);
  });
});

describe('the writer', () => {
  test('writes what it has read from a server exactly as the server wrote it', () => {
    const text = fixture('ruamel-quoted.yaml');
    expect(writeItems(itemsOf(readYaml(text)))).toBe(text);
  });

  test('writes the text in which a server finds the values that people wrote', () => {
    expect(writeItems(itemsOf(readYaml(fixture('by-hand.yaml'))))).toBe(fixture('rewritten.yaml'));
    expect(JSON.parse(fixture('rewritten.json'))).toEqual(JSON.parse(fixture('by-hand.json')));
  });
});
