// The product's style since 4.7: keys sorted, every scalar in double quotes, a tag on what is no string, long strings
// folded with a backslash at the end of the line.

import { plainText } from '../python-text.ts';

/** A number to be written as a float even when it is whole. */
export class Float {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

/** A list to be written as a tuple. */
export class Tuple {
  readonly items: readonly unknown[];
  constructor(items: readonly unknown[]) {
    this.items = items;
  }
}

const width = 80;

const named: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\0': '\\0',
  '\x07': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\x1b': '\\e',
  '\x85': '\\N',
  '\xa0': '\\_',
  '\u2028': '\\L',
  '\u2029': '\\P',
};

function escaped(character: string): string {
  const known = named[character];
  if (known !== undefined) return known;
  const code = character.codePointAt(0) ?? 0;
  if (code >= 0x20 && code <= 0x7e) return character;
  if (code <= 0xff) return `\\x${code.toString(16).toUpperCase().padStart(2, '0')}`;
  if (code <= 0xffff) return `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`;
  return `\\U${code.toString(16).toUpperCase().padStart(8, '0')}`;
}

/** Breaks at spaces; a continuation that begins with one says so with a backslash. */
function quoted(text: string, column: number, indent: number): string {
  if (column + text.length < width - 1 && /^[ !#-[\]-~]*$/.test(text)) return `"${text}"`;
  const pad = ' '.repeat(indent);
  const words = Array.from(text, escaped)
    .join('')
    .split(/(?<= )(?! )/);
  let line = '"';
  let used = column + 1;
  for (const [index, word] of words.entries()) {
    if (index > 0 && used + word.trimEnd().length > width) {
      // The space stays on the new line, where the backslash keeps it.
      const space = line.endsWith(' ') ? '\\ ' : '';
      line = `${line.replace(/ $/, '')}\\\n${pad}${space}`;
      used = indent + space.length;
    }
    line += word;
    used += word.length;
  }
  return `${line}"`;
}

const floatText = (value: number): string => (Number.isInteger(value) ? value.toFixed(1) : String(value));

function scalar(value: unknown, column: number, indent: number): string {
  if (value === null || value === undefined) return '!!null "null"';
  if (value instanceof Float) return `!!float "${floatText(value.value)}"`;
  if (typeof value === 'boolean') return `!!bool "${String(value)}"`;
  if (typeof value === 'number') {
    return Number.isInteger(value) ? `!!int "${String(value)}"` : `!!float "${floatText(value)}"`;
  }
  return quoted(plainText(value), column, indent);
}

type Map = Readonly<Record<string, unknown>>;
const isMap = (value: unknown): value is Map =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof Float) &&
  !(value instanceof Tuple);

const byKey = ([left]: readonly [string, unknown], [right]: readonly [string, unknown]) => (left < right ? -1 : 1);

/** What stands after `key:`: on the same line, or below it. */
function member(value: unknown, indent: number, column: number): string {
  const pad = ' '.repeat(indent);
  if (value instanceof Tuple) {
    return value.items.length === 0 ? ' !!python/tuple []' : ` !!python/tuple\n${sequence(value.items, indent)}`;
  }
  if (Array.isArray(value)) return value.length === 0 ? ' []' : `\n${sequence(value as readonly unknown[], indent)}`;
  if (isMap(value)) {
    const entries = Object.entries(value);
    return entries.length === 0 ? ' {}' : `\n${pad}  ${mapping(value, indent + 2)}`;
  }
  return ` ${scalar(value, column + 1, indent + 2)}`;
}

function mapping(map: Map, indent: number): string {
  return Object.entries(map)
    .sort(byKey)
    .map(([key, value]) => {
      const name = quoted(key, -1000, indent);
      return `${name}:${member(value, indent, indent + name.length + 1)}`;
    })
    .join(`\n${' '.repeat(indent)}`);
}

function element(value: unknown, indent: number): string {
  if (isMap(value) && Object.keys(value).length > 0) return mapping(value, indent + 2);
  if (isMap(value)) return '{}';
  if (Array.isArray(value) || value instanceof Tuple) return member(value, indent + 2, 0).trimStart();
  return scalar(value, indent + 2, indent + 2);
}

function sequence(items: readonly unknown[], indent: number): string {
  const pad = ' '.repeat(indent);
  return items.map((value) => `${pad}- ${element(value, indent)}`).join('\n');
}

/** One object of a file of objects; a file is these, one after the other. */
export const objectText = (value: Map): string => `${sequence([value], 0)}\n`;

/** A whole document; the empty list is `[]`. */
export const yamlText = (value: readonly Map[]): string =>
  value.length === 0 ? '[]\n' : value.map(objectText).join('');
