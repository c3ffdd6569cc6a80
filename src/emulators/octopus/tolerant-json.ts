// The product reads requests with Json.NET, which accepts more than JSON: comments, trailing commas, single quotes,
// names without quotes, and any letter case in names. Published samples depend on this.
import { isObject } from '../shared/json.ts';
import { invalid } from './refusal.ts';

class Reader {
  #at = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  document(): unknown {
    const value = this.#value(0);
    this.#space();
    if (this.#at < this.#text.length) this.#fail();
    return value;
  }

  #fail(): never {
    throw invalid(`Unexpected character encountered while parsing the request body at position ${this.#at}.`);
  }

  #space(): void {
    for (;;) {
      const rest = /(?:[\s\uFEFF]+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y;
      rest.lastIndex = this.#at;
      const end = this.#at + (rest.exec(this.#text)?.[0].length ?? 0);
      if (end === this.#at) return;
      this.#at = end;
    }
  }

  #peek(): string | undefined {
    this.#space();
    return this.#text[this.#at];
  }

  #take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match === null) return undefined;
    this.#at += match[0].length;
    return match;
  }

  #value(depth: number): unknown {
    if (depth > 64) this.#fail();
    const next = this.#peek();
    if (next === '{') return this.#object(depth);
    if (next === '[') return this.#array(depth);
    if (next === '"' || next === "'") return this.#string();
    const number = this.#take(/-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y);
    if (number !== undefined) return Number(number[0]);
    const word = this.#take(/true|false|null/y);
    if (word === undefined) this.#fail();
    return word[0] === 'null' ? null : word[0] === 'true';
  }

  #object(depth: number): Record<string, unknown> {
    const entries: [string, unknown][] = [];
    this.#at += 1;
    while (this.#peek() !== '}') {
      const quote = this.#peek();
      const name = quote === '"' || quote === "'" ? this.#string() : this.#take(/[A-Za-z_$][\w$]*/y)?.[0];
      if (name === undefined || this.#peek() !== ':') this.#fail();
      this.#at += 1;
      entries.push([name, this.#value(depth + 1)]);
      this.#comma('}');
    }
    this.#at += 1;
    return Object.fromEntries(entries);
  }

  #array(depth: number): unknown[] {
    const items: unknown[] = [];
    this.#at += 1;
    while (this.#peek() !== ']') {
      items.push(this.#value(depth + 1));
      this.#comma(']');
    }
    this.#at += 1;
    return items;
  }

  #comma(end: string): void {
    const next = this.#peek();
    if (next === ',') this.#at += 1;
    else if (next !== end) this.#fail();
  }

  #string(): string {
    const match = this.#take(/"((?:[^"\\]|\\[\s\S])*)"|'((?:[^'\\]|\\[\s\S])*)'/y);
    if (match === undefined) this.#fail();
    const raw = match[1] ?? match[2] ?? '';
    const escapes: Record<string, string> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
    return raw.replaceAll(/\\(?:u([0-9a-fA-F]{4})|([\s\S]))/g, (_, hex: string | undefined, character: string) =>
      hex === undefined ? (escapes[character] ?? character) : String.fromCharCode(Number.parseInt(hex, 16)),
    );
  }
}

/** Reads a request body. Undefined when it is empty, 400 when it cannot be read. */
export function readTolerantJson(text: string): unknown {
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return new Reader(text).document();
  }
}

/** The members of these are named by ids or by people, so their letter case is not changed. */
const dictionaries = new Set([
  'Arguments',
  'CustomFields',
  'DisplaySettings',
  'FormValues',
  'LibraryVariables',
  'Links',
  'ProjectEnvironments',
  'ProjectVariables',
  'Properties',
  'Variables',
]);

/** A copy whose names are written as the product writes them: `projectId` and `ProjectID` become `ProjectId`. */
export function withProductNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withProductNames);
  if (!isObject(value)) return value;
  const named = Object.entries(value).map(([name, member]) => {
    const proper = `${name.charAt(0).toUpperCase()}${name.slice(1)}`.replace(/(?<=[a-z])ID(s?)$/, 'Id$1');
    return [proper, dictionaries.has(proper) && isObject(member) ? member : withProductNames(member)] as const;
  });
  return Object.fromEntries(named);
}

/** Finds the members of a request object by name, without regard to letter case. */
export function members(body: unknown): (name: string) => unknown {
  const found = new Map<string, unknown>();
  if (isObject(body)) for (const [name, value] of Object.entries(body)) found.set(name.toLowerCase(), value);
  return (name) => found.get(name.toLowerCase()) ?? undefined;
}

/** Reads a C# bool: true, false, or their text in any letter case. An absent value is false; 400 for any other. */
export function readFlag(value: unknown, name: string): boolean {
  if (value === undefined || value === null) return false;
  if (typeof value === 'boolean') return value;
  const text = typeof value === 'string' ? value.trim().toLowerCase() : undefined;
  if (text === 'true' || text === 'false') return text === 'true';
  throw invalid(`Could not convert the value of '${name}' to a boolean.`);
}

/** A text, number or boolean as text; `otherwise` for anything else. */
export function asText(value: unknown, otherwise = ''): string {
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : otherwise;
}

export function readText(value: unknown, name: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw invalid(`Could not convert the value of '${name}' to a string.`);
}
