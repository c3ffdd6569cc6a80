import { Secret } from '../../secret.ts';

const mask = '***';

/** A secret of at least this length is masked everywhere, also inside words and in encoded forms. */
const shortest = 4;
/** Outputs are cut into lines, so each line of a long secret (a key file) is masked if it has at least this length. */
const shortestLine = 8;

/** The number of secrets in one regular expression. With more alternatives the engine is 50 times slower. */
const groupSize = 4;

const escape = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
const anyCase = (text: string): string =>
  text.replace(/[a-z]/gi, (letter) => `[${letter.toLowerCase()}${letter.toUpperCase()}]`);
const hexByte = (byte: number): string => anyCase(byte.toString(16).padStart(2, '0'));

const shortEscapes: Readonly<Record<string, string>> = {
  '"': '\\\\"',
  '\\': '\\\\\\\\',
  '/': '\\\\\\/',
  '\b': '\\\\b',
  '\f': '\\\\f',
  '\n': '\\\\n',
  '\r': '\\\\r',
  '\t': '\\\\t',
};

const entities: Readonly<Record<string, string>> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": 'apos' };

/** One character in all its forms in a log: plain, in a URL, in JSON, in HTML. */
function characterForms(character: string): string {
  const forms = [escape(character)];
  // %25 is an encoded percent sign, from a text that was encoded twice.
  forms.push([...Buffer.from(character)].map((byte) => `%(?:25)?${hexByte(byte)}`).join(''));
  if (character === ' ') forms.push('\\+');
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  forms.push(units.map((unit) => `\\\\u${anyCase(unit.toString(16).padStart(4, '0'))}`).join(''));
  const short = shortEscapes[character];
  if (short !== undefined) forms.push(short);
  const code = character.codePointAt(0) ?? 0;
  if (!/[\p{L}\p{N}]/u.test(character)) {
    const entity = entities[character];
    forms.push(
      `&(?:${entity === undefined ? '' : `${entity}|`}#0*${String(code)}|#[xX]0*${anyCase(code.toString(16))});`,
    );
  }
  return `(?:${forms.join('|')})`;
}

const spelled = (text: string): string => Array.from(text, (character) => characterForms(character)).join('');

const base64Character: Readonly<Record<string, string>> = {
  '+': '(?:[+-]|%2[bB]|\\\\u002[bB])',
  '/': '(?:[/_]|%2[fF]|\\\\\\/)',
};

const base64Alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** A base64 character with unknown bits. `known` is a text of six characters 0, 1 or ?. */
function partialCharacter(known: string): string {
  const possible = Array.from(base64Alphabet).filter((_, index) =>
    Array.from(index.toString(2).padStart(6, '0')).every((bit, place) => known[place] === '?' || known[place] === bit),
  );
  const special = possible.flatMap((character) => base64Character[character] ?? []);
  return `(?:[${possible.filter((character) => !(character in base64Character)).join('')}]${special.map((form) => `|${form}`).join('')})`;
}

/**
 * The secret inside a longer base64 text, at each of the three possible places in a group of three bytes. (In a Basic
 * header the user's name comes first.) Some bits of the first and last character belong to the neighbouring bytes.
 */
function base64Forms(bytes: Buffer): string[] {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return [0, 2, 4].map((before) => {
    // 0, 8 or 16 bits before the secret fill 0, 2 or 4 bits of its first character.
    const padded = '?'.repeat(before) + bits;
    const characters = (padded + '?'.repeat((6 - (padded.length % 6)) % 6)).match(/.{6}/g) ?? [];
    const forms = characters.map((known) => {
      if (known.includes('?')) return partialCharacter(known);
      const character = base64Alphabet[Number.parseInt(known, 2)] ?? '';
      return base64Character[character] ?? character;
    });
    return `${forms.join('')}(?:=|%3[dD]){0,2}`;
  });
}

function formsOf(text: string): string[] {
  if (text.length < shortest) return [`(?<![A-Za-z0-9])${spelled(text)}(?![A-Za-z0-9])`];
  const bytes = Buffer.from(text);
  return [spelled(text), ...base64Forms(bytes), [...bytes].map(hexByte).join('')];
}

/**
 * Masks secrets in every output: console, log, journal, JSON, error text. Each secret is masked in plain form,
 * URL-encoded (in part or whole, `+` or `%20`, either case of hex), JSON- and HTML-escaped, in hex, and in base64, also
 * inside a longer base64 text. A secret of one to three characters is masked only as a separate word, and not in
 * encoded forms: masked inside other words, it could be guessed.
 */
export class Redactor {
  readonly #secrets = new Set<string>();
  #patterns: readonly RegExp[] | undefined;

  add(secret: Secret): void {
    const value = secret.reveal();
    for (const text of [value, value.trim(), ...linesOf(value)]) {
      if (text !== '') this.#secrets.add(text);
    }
    this.#patterns = undefined;
  }

  /** `text` must be whole lines, because a secret that is cut in two is not found. */
  redact(text: string): string {
    if (this.#secrets.size === 0) return text;
    const patterns = (this.#patterns ??= this.#compile());
    const ranges = patterns.flatMap((pattern) => matches(pattern, text)).sort((a, b) => a.start - b.start);
    let redacted = '';
    let position = 0;
    for (const { start, end } of ranges) {
      // Secrets may overlap. Overlapping places get one mask.
      if (start > position || position === 0) redacted += text.slice(position, start) + mask;
      position = Math.max(position, end);
    }
    return redacted + text.slice(position);
  }

  /** Masks secrets in plain data, also in keys. Values are treated as JSON would print them. */
  redactValue(value: unknown): unknown {
    return this.#walk(value, []);
  }

  #walk(value: unknown, above: readonly object[]): unknown {
    if (typeof value === 'string') return this.redact(value);
    if (typeof value === 'number' || typeof value === 'bigint') {
      const text = String(value);
      // Very short numbers stay, so that a very short secret does not mask exit codes and counts.
      return text.length < shortest || this.redact(text) === text ? value : mask;
    }
    if (typeof value !== 'object' || value === null) return value;
    if (value instanceof Secret) return mask;
    if (above.includes(value)) return '[circular]';
    const path = [...above, value];
    if (Array.isArray(value)) return value.map((item) => this.#walk(item, path));
    if (printsItself(value)) return this.#walk(value.toJSON(), path);
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [this.redact(key), this.#walk(item, path)]));
  }

  #compile(): RegExp[] {
    // Longest first, so that the longer of two secrets that begin at one place is masked completely.
    const texts = [...this.#secrets].sort((a, b) => b.length - a.length);
    const forms = texts.map((text) => formsOf(text).join('|'));
    const groups = Array.from({ length: Math.ceil(forms.length / groupSize) }, (_, index) =>
      forms.slice(index * groupSize, (index + 1) * groupSize),
    );
    return groups.map((group) => new RegExp(group.join('|'), 'g'));
  }
}

interface Range {
  readonly start: number;
  readonly end: number;
}

/** All matches, also those that begin inside another match. */
function matches(pattern: RegExp, text: string): Range[] {
  const ranges: Range[] = [];
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    ranges.push({ start: match.index, end: match.index + match[0].length });
    pattern.lastIndex = match.index + 1;
  }
  return ranges;
}

function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/);
  if (lines.length < 2) return [];
  return lines.map((line) => line.trim()).filter((line) => line.length >= shortestLine && !line.startsWith('-----'));
}

function printsItself(value: object): value is { toJSON(): unknown } {
  return 'toJSON' in value && typeof value.toJSON === 'function';
}
