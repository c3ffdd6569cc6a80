import { malformedYaml } from './yaml-node.ts';

/** A place in a text, with what YAML wants to know about it. */
export class YamlCursor {
  readonly #text: string;
  #at = 0;
  #line = 1;
  #lineStart = 0;

  constructor(text: string) {
    const marked = text.startsWith('\ufeff') ? text.slice(1) : text;
    this.#text = marked.replaceAll(/\r\n?/g, '\n');
  }

  fail(what: string): never {
    throw malformedYaml(what, this.#line);
  }

  line(): number {
    return this.#line;
  }

  column(): number {
    return this.#at - this.#lineStart;
  }

  atEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  peek(ahead = 0): string {
    return this.#text.charAt(this.#at + ahead);
  }

  /** The next few characters. */
  rest(): string {
    return this.#text.slice(this.#at, this.#at + 8);
  }

  move(count: number): void {
    for (let end = this.#at + count; this.#at < end; this.#at += 1) {
      if (this.#text.charAt(this.#at) !== '\n') continue;
      this.#line += 1;
      this.#lineStart = this.#at + 1;
    }
  }

  /** What a sticky expression finds here; moves behind it. */
  match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.move(found.length);
    return found;
  }

  skipSpaces(): void {
    this.match(/[ \t]+/y);
  }

  /** Spaces, comments and line breaks. */
  skipBlank(): void {
    while (this.match(this.#mayComment() ? /[ \t]*#[^\n]*|[ \t]*\n|[ \t]+/y : /[ \t]*\n|[ \t]+/y) !== undefined) {
      if (this.column() > 0 || this.peek() !== '\t') continue;
      this.fail('a tab indents a line');
    }
  }

  atLineEnd(): boolean {
    return this.atEnd() || this.peek() === '\n' || (this.peek() === '#' && this.#mayComment());
  }

  /** `---` or `...` at the beginning of a line. */
  atMarker(marker: '---' | '...'): boolean {
    return this.column() === 0 && this.rest().startsWith(marker) && isGap(this.peek(3));
  }

  /** `-` or `?` in front of a gap. */
  isIndicator(indicator: '-' | '?'): boolean {
    return this.peek() === indicator && isGap(this.peek(1)) && !this.atMarker('---');
  }

  /** The colon behind a key, spaces in front of it skipped. */
  isKeyEnd(): boolean {
    this.skipSpaces();
    return this.peek() === ':' && isGap(this.peek(1));
  }

  isFlowColon(): boolean {
    return this.peek() === ':' && (isGap(this.peek(1)) || /[,[\]{}"']/.test(this.peek(1)));
  }

  /** What stands between the quotes, still escaped. */
  quoted(quote: '"' | "'"): string {
    const found = this.match(quote === '"' ? /"[^"\\]*(?:\\[^][^"\\]*)*"/y : /'[^']*(?:''[^']*)*'/y);
    return found === undefined ? this.fail('a quoted text is not closed') : found.slice(1, -1);
  }

  /** A text without quotes, over as many lines as are indented further than `parent`. */
  plain(parent: number, inFlow: boolean): string {
    const first = this.peek();
    if (/[,[\]{}#&*!|>'"%@`]/.test(first) || (/[-?:]/.test(first) && isGap(this.peek(1)))) {
      this.fail(`a text cannot begin with ${first}`);
    }
    const piece = inFlow
      ? /(?:[^\s:#,[\]{}]|:(?=[^\s,[\]{}])|(?<=[^\s])#|[ \t]+(?=[^\s#:,[\]{}]|:(?=[^\s,[\]{}])))+/y
      : /(?:[^\s:#]|:(?=\S)|(?<=\S)#|[ \t]+(?=[^\s#:]|:(?=\S)))+/y;
    let text = this.match(piece) ?? this.fail('a value is expected');
    for (;;) {
      const breaks = this.#continues(parent, inFlow);
      if (breaks === undefined) return text;
      this.move(breaks.length);
      text += breaks + (this.match(piece) ?? '');
    }
  }

  /** The line breaks and the indentation in front of a line that goes on with a plain text. */
  #continues(parent: number, inFlow: boolean): string | undefined {
    const pattern = /[ \t]*(?:\n[ \t]*)+/y;
    pattern.lastIndex = this.#at;
    const breaks = pattern.exec(this.#text)?.[0];
    if (breaks === undefined) return undefined;
    const end = this.#at + breaks.length;
    const indentation = breaks.length - breaks.lastIndexOf('\n') - 1;
    const next = this.#text.charAt(end);
    if (next === '' || next === '#' || (!inFlow && indentation <= parent)) return undefined;
    if (indentation === 0 && /^(---|\.\.\.)(\s|$)/.test(this.#text.slice(end, end + 4))) return undefined;
    if (inFlow) return /[,[\]{}:]/.test(next) ? undefined : breaks;
    const lineEnd = this.#text.indexOf('\n', end);
    const line = this.#text.slice(end, lineEnd === -1 ? undefined : lineEnd);
    return /^[^#]*?:(\s|$)/.test(line) ? this.fail('a text goes on with a key') : breaks;
  }

  /** A `|` or `>` text: its lines without their indentation. */
  block(parent: number): { lines: readonly string[]; folded: boolean; chomp: '' | '+' | '-' } {
    const header = this.match(/[|>](?:[1-9][+-]?|[+-][1-9]?)?[ \t]*(?:(?<=[ \t])#[^\n]*)?(?=\n|$)/y);
    if (header === undefined) this.fail('the head of a block of text is wrong');
    const digit = /[1-9]/.exec(header)?.[0];
    this.move(1);
    const raw: string[] = [];
    let indent = digit === undefined ? undefined : Math.max(parent, 0) + Number(digit);
    while (!this.atEnd()) {
      const end = this.#text.indexOf('\n', this.#at);
      const line = this.#text.slice(this.#at, end === -1 ? undefined : end);
      const depth = /^ */.exec(line)?.[0].length ?? 0;
      const blank = depth === line.length;
      if (!blank && indent === undefined) indent = depth;
      if (!blank && (depth <= parent || depth < (indent ?? 0))) break;
      raw.push(line);
      this.move(line.length + 1);
    }
    const lines = raw.map((line) => line.slice(indent ?? line.length));
    const signs = header.slice(0, 3);
    const chomp = signs.includes('+') ? '+' : signs.includes('-') ? '-' : '';
    return { lines, folded: header.startsWith('>'), chomp };
  }

  #mayComment(): boolean {
    return this.#at === 0 || /\s/.test(this.#text.charAt(this.#at - 1));
  }
}

function isGap(character: string): boolean {
  return character === '' || character === ' ' || character === '\t' || character === '\n';
}
