export interface JsonFault {
  /** Lines and columns count from 1. */
  readonly line: number;
  readonly column: number;
  readonly expected: string;
}

const token = {
  space: /[ \t\r\n]*/y,
  string: /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y,
  literal: /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y,
};

/** Thrown inside this file only. */
class Stopped extends Error {}

class Scanner {
  position = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  value(): void {
    this.#take(token.space);
    const next = this.#text[this.position];
    if (next === '{') this.#members('}', () => this.#member());
    else if (next === '[') this.#members(']', () => this.value());
    else if (!this.#take(token.string) && !this.#take(token.literal)) throw new Stopped('a value');
    this.#take(token.space);
  }

  end(): void {
    if (this.position < this.#text.length) throw new Stopped('the end of the file');
  }

  #member(): void {
    this.#take(token.space);
    if (!this.#take(token.string)) throw new Stopped('a key in double quotes');
    this.#take(token.space);
    this.#expect(':');
    this.value();
  }

  #members(close: string, member: () => void): void {
    this.position += 1;
    this.#take(token.space);
    if (this.#text[this.position] === close) {
      this.position += 1;
      return;
    }
    for (;;) {
      member();
      if (this.#text[this.position] === close) {
        this.position += 1;
        return;
      }
      if (this.#text[this.position] !== ',') throw new Stopped(`"," or "${close}"`);
      this.position += 1;
    }
  }

  #expect(character: string): void {
    if (this.#text[this.position] !== character) throw new Stopped(`"${character}"`);
    this.position += 1;
  }

  #take(pattern: RegExp): boolean {
    pattern.lastIndex = this.position;
    if (!pattern.test(this.#text)) return false;
    this.position = pattern.lastIndex;
    return true;
  }
}

/**
 * The place where a text stops being valid JSON, or undefined when the text is valid. The message of `JSON.parse` does
 * not always give the place, and it quotes the text, which may hold a secret.
 */
export function jsonFault(text: string): JsonFault | undefined {
  const scanner = new Scanner(text);
  try {
    scanner.value();
    scanner.end();
    return undefined;
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    const before = text.slice(0, scanner.position).split('\n');
    return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1, expected: error.message };
  }
}

/** A key that an object of a JSON text has twice. `JSON.parse` takes the last one and says nothing. The text is valid. */
export function repeatedKey(json: string): string | undefined {
  const open: Set<string>[] = [];
  for (const [word, text, colon] of json.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?|[{}]/g)) {
    if (word === '{') open.push(new Set());
    else if (word === '}') open.pop();
    if (text === undefined || colon === undefined) continue;
    const key = JSON.parse(text) as string;
    const keys = open.at(-1);
    if (keys?.has(key) === true) return key;
    keys?.add(key);
  }
  return undefined;
}
