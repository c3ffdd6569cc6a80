// What a scalar means, by the rules of YAML 1.1 that the product's loader follows.

export class YamlError extends Error {
  override readonly name = 'YamlError';
}

const truths: ReadonlySet<string> = new Set(['yes', 'true', 'on']);
const lies: ReadonlySet<string> = new Set(['no', 'false', 'off']);
const nothing: ReadonlySet<string> = new Set(['', '~', 'null', 'Null', 'NULL']);

const wordOf = (text: string) => (/^(?:[a-z]+|[A-Z][a-z]*|[A-Z]+)$/.test(text) ? text.toLowerCase() : '');

function sexagesimal(text: string): number {
  const sign = text.startsWith('-') ? -1 : 1;
  const parts = text.replace(/^[-+]/, '').split(':').map(Number);
  return sign * parts.reduce((sum, part) => sum * 60 + part, 0);
}

function integer(text: string): number | undefined {
  const digits = text.replaceAll('_', '');
  if (/^[-+]?(0|[1-9]\d*)$/.test(digits)) return Number(digits);
  const sign = digits.startsWith('-') ? -1 : 1;
  const bare = digits.replace(/^[-+]/, '');
  if (/^0b[01]+$/.test(bare) || /^0x[\da-fA-F]+$/.test(bare)) return sign * Number(bare);
  if (/^0[0-7]+$/.test(bare)) return sign * Number.parseInt(bare, 8);
  return /^[1-9]\d*(:[0-5]?\d)+$/.test(bare) ? sexagesimal(digits) : undefined;
}

function float(text: string): number | undefined {
  const digits = text.replaceAll('_', '');
  if (/^[-+]?(\d+\.\d*|\.\d+)([eE][-+]\d+)?$/.test(digits)) return Number(digits);
  if (/^[-+]?\.(inf|Inf|INF)$/.test(digits)) return digits.startsWith('-') ? -Infinity : Infinity;
  return /^\.(nan|NaN|NAN)$/.test(digits) ? Number.NaN : undefined;
}

/** A scalar without quotes and without a tag. Dates stay text. */
export function plainValue(text: string): unknown {
  if (nothing.has(text)) return null;
  const word = wordOf(text);
  if (truths.has(word)) return true;
  if (lies.has(word)) return false;
  return integer(text) ?? float(text) ?? text;
}

function numberOf(text: string, read: (text: string) => number | undefined, tag: string): number {
  const value = read(text);
  if (value === undefined) throw new YamlError(`"${text}" is no ${tag}`);
  return value;
}

/** Applies a tag to the text of a scalar. Tags that would make objects of the server's language fail. */
export function taggedValue(tag: string, text: string): unknown {
  switch (tag) {
    case '!!bool': {
      const word = text.toLowerCase();
      if (!truths.has(word) && !lies.has(word)) throw new YamlError(`"${text}" is no bool`);
      return truths.has(word);
    }
    case '!!int':
      return numberOf(text, integer, 'int');
    case '!!float':
      return numberOf(text, (digits) => float(digits) ?? integer(digits), 'float');
    case '!!null':
      return null;
    case '!':
    case '!!str':
    case '!!timestamp':
    case '!!python/str':
    case '!!python/unicode':
      return text;
    case '!!python/tuple':
    case '!!seq':
      if (text === '') return [];
      break;
    default:
  }
  throw new YamlError(`the tag ${tag} cannot be used here`);
}

const tagsOfLists: ReadonlySet<string> = new Set(['!!seq', '!!python/tuple', '!!python/list']);
const tagsOfMaps: ReadonlySet<string> = new Set(['!!map', '!!python/dict', '!!omap']);

export function checkCollection(tag: string, value: unknown): unknown {
  const fits = Array.isArray(value) ? tagsOfLists.has(tag) : tagsOfMaps.has(tag);
  if (!fits) throw new YamlError(`the tag ${tag} cannot be used here`);
  return value;
}

const escapes: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  t: '\t',
  '\t': '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\x1b',
  ' ': ' ',
  '"': '"',
  '/': '/',
  '\\': '\\',
  N: '\x85',
  _: '\xa0',
  L: '\u2028',
  P: '\u2029',
};
const lengths: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** What follows a backslash: the text it stands for and how many characters it took. */
export function escapeAt(text: string, at: number): { readonly value: string; readonly length: number } {
  const letter = text[at] ?? '';
  const known = escapes[letter];
  if (known !== undefined) return { value: known, length: 1 };
  const digits = lengths[letter];
  const hex = digits === undefined ? '' : text.slice(at + 1, at + 1 + digits);
  if (digits === undefined || hex.length < digits || !/^[\da-fA-F]+$/.test(hex)) {
    throw new YamlError(`"\\${letter}" is no escape`);
  }
  const code = Number.parseInt(hex, 16);
  if (code > 0x10ffff) throw new YamlError(`"\\${letter}${hex}" is no character`);
  return { value: String.fromCodePoint(code), length: digits + 1 };
}

/** Line breaks inside a scalar that runs over several lines: one is a space, more are one break fewer. */
export function foldLines(lines: readonly string[]): string {
  let text = lines[0] ?? '';
  let empty = 0;
  for (const line of lines.slice(1)) {
    if (line === '') {
      empty += 1;
      continue;
    }
    text += (empty === 0 ? ' ' : '\n'.repeat(empty)) + line;
    empty = 0;
  }
  return text + (empty === 0 ? '' : empty > 1 ? '\n'.repeat(empty - 1) : ' ');
}
