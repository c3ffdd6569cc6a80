// A position in a text, and the scalars that can be read there.
import { escapeAt, foldLines, YamlError } from './scalars.ts';

export interface Cursor {
  readonly text: string;
  at: number;
  readonly anchors: Map<string, unknown>;
}

export const peek = (cursor: Cursor, ahead = 0): string => cursor.text[cursor.at + ahead] ?? '';
export const isBlank = (character: string): boolean => character === '' || ' \t\n'.includes(character);
export const column = (cursor: Cursor): number =>
  cursor.at === 0 ? 0 : cursor.at - (cursor.text.lastIndexOf('\n', cursor.at - 1) + 1);

export function fail(cursor: Cursor, what: string): never {
  const line = cursor.text.slice(0, cursor.at).split('\n').length;
  throw new YamlError(`line ${line}, column ${column(cursor) + 1}: ${what}`);
}

/** To the next character that is no blank on this line. */
export function skipBlanks(cursor: Cursor): void {
  while (peek(cursor) === ' ' || peek(cursor) === '\t') cursor.at += 1;
}

/** Over blanks and a comment: true at the end of the line. */
export function atLineEnd(cursor: Cursor): boolean {
  const before = cursor.at;
  skipBlanks(cursor);
  const spaced = cursor.at > before || cursor.at === 0 || isBlank(peek(cursor, -1));
  if (peek(cursor) === '#' && spaced) {
    const end = cursor.text.indexOf('\n', cursor.at);
    cursor.at = end === -1 ? cursor.text.length : end;
  }
  return peek(cursor) === '' || peek(cursor) === '\n';
}

/** Over blanks, comments and empty lines, to the next thing there is. */
export function skipLines(cursor: Cursor): void {
  while (atLineEnd(cursor) && peek(cursor) !== '') cursor.at += 1;
}

/** A word of a property: a tag, an anchor, an alias. */
export function readWord(cursor: Cursor): string {
  const start = cursor.at;
  while (!isBlank(peek(cursor)) && !(cursor.at > start && ',[]{}'.includes(peek(cursor)))) cursor.at += 1;
  return cursor.text.slice(start, cursor.at);
}

function breakInQuotes(cursor: Cursor): string {
  let breaks = 0;
  for (;;) {
    skipBlanks(cursor);
    if (peek(cursor) !== '\n') break;
    breaks += 1;
    cursor.at += 1;
  }
  return breaks === 1 ? ' ' : '\n'.repeat(breaks - 1);
}

/** Characters that stand for themselves, as many as there are. */
const plainRun = { double: /[^"\\\n]+/y, single: /[^'\n]+/y };

function takeRun(cursor: Cursor, run: RegExp): string {
  run.lastIndex = cursor.at;
  const [found = ''] = run.exec(cursor.text) ?? [];
  cursor.at += found.length;
  return found;
}

function readDouble(cursor: Cursor): string {
  let text = '';
  for (;;) {
    text += takeRun(cursor, plainRun.double);
    const character = peek(cursor);
    if (character === '') fail(cursor, 'a quoted scalar has no end');
    if (character === '"') break;
    if (character === '\n') {
      text = text.replace(/[ \t]+$/, '') + breakInQuotes(cursor);
    } else if (character === '\\' && peek(cursor, 1) === '\n') {
      cursor.at += 2;
      // What is escaped is this line's break; empty lines that follow count.
      let breaks = '';
      skipBlanks(cursor);
      while (peek(cursor) === '\n') {
        breaks += '\n';
        cursor.at += 1;
        skipBlanks(cursor);
      }
      text += breaks;
    } else {
      const { value, length } = escapeAt(cursor.text, cursor.at + 1);
      text += value;
      cursor.at += 1 + length;
    }
  }
  cursor.at += 1;
  return text;
}

function readSingle(cursor: Cursor): string {
  let text = '';
  for (;;) {
    text += takeRun(cursor, plainRun.single);
    const character = peek(cursor);
    if (character === '') fail(cursor, 'a quoted scalar has no end');
    if (character === '\n') {
      text = text.replace(/[ \t]+$/, '') + breakInQuotes(cursor);
      continue;
    }
    if (peek(cursor, 1) !== "'") break;
    text += "'";
    cursor.at += 2;
  }
  cursor.at += 1;
  return text;
}

/** The text between the quotes at which the cursor stands. */
export function readQuoted(cursor: Cursor): string {
  const quote = peek(cursor);
  cursor.at += 1;
  return quote === '"' ? readDouble(cursor) : readSingle(cursor);
}

/** Plain text on one line: to `: `, to a comment, in a flow also to its punctuation. */
export function readPlainLine(cursor: Cursor, inFlow: boolean): string {
  const start = cursor.at;
  for (;;) {
    const character = peek(cursor);
    if (character === '' || character === '\n') break;
    if (character === ':' && (isBlank(peek(cursor, 1)) || (inFlow && ',[]{}'.includes(peek(cursor, 1))))) break;
    if (character === '#' && cursor.at > start && isBlank(peek(cursor, -1))) break;
    if (inFlow && ',[]{}'.includes(character)) break;
    cursor.at += 1;
  }
  return cursor.text.slice(start, cursor.at).trimEnd();
}

/** Plain text that goes on over lines that are indented by at least so much. */
export function readPlain(cursor: Cursor, indent: number): string {
  const lines = [readPlainLine(cursor, false)];
  for (;;) {
    const before = cursor.at;
    if (peek(cursor) !== '\n') break;
    let empty = 0;
    while (peek(cursor) === '\n') {
      cursor.at += 1;
      const lineStart = cursor.at;
      skipBlanks(cursor);
      if (peek(cursor) === '\n') empty += 1;
      else if (peek(cursor) === '') cursor.at = lineStart;
    }
    const more = peek(cursor) !== '' && peek(cursor) !== '#' && column(cursor) >= indent && !isMarker(cursor);
    if (!more) {
      cursor.at = before;
      break;
    }
    lines.push(...Array.from({ length: empty }, () => ''), readPlainLine(cursor, false));
    if (peek(cursor) === ':') fail(cursor, 'a mapping is not allowed here');
  }
  return foldLines(lines);
}

/** `---` or `...` at the start of a line. */
export const isMarker = (cursor: Cursor): boolean =>
  column(cursor) === 0 && /^(?:---|\.\.\.)(?=\s|$)/.test(cursor.text.slice(cursor.at, cursor.at + 4));

function joinFolded(lines: readonly string[]): string {
  let text = '';
  let before: string | undefined;
  let empty = 0;
  for (const line of lines) {
    if (line === '') {
      empty += 1;
      continue;
    }
    const indented = /^[ \t]/.test(line) || (before !== undefined && /^[ \t]/.test(before));
    if (before !== undefined) text += indented ? '\n'.repeat(empty + 1) : empty === 0 ? ' ' : '\n'.repeat(empty);
    else text += '\n'.repeat(empty);
    text += line;
    before = line;
    empty = 0;
  }
  return text;
}

/** `|` and `>` with their indicators; lines indented deeper than the parent belong to it. */
export function readBlockScalar(cursor: Cursor, parentIndent: number): string {
  const [, style = '|', indicators = ''] = /^([|>])([-+\d]*)/.exec(cursor.text.slice(cursor.at, cursor.at + 8)) ?? [];
  cursor.at += 1 + indicators.length;
  if (!atLineEnd(cursor)) fail(cursor, 'text after the head of a block scalar');
  cursor.at += 1;
  const [digit] = /\d/.exec(indicators) ?? [];
  let indent = digit === undefined ? undefined : Math.max(0, parentIndent) + Number(digit);
  const lines: string[] = [];
  while (cursor.at < cursor.text.length) {
    const end = cursor.text.indexOf('\n', cursor.at);
    const line = cursor.text.slice(cursor.at, end === -1 ? cursor.text.length : end);
    const spaces = line.length - line.trimStart().length;
    if (line.trim() === '') {
      lines.push(indent === undefined ? '' : line.slice(indent));
    } else {
      indent ??= spaces;
      if (spaces < indent || indent <= parentIndent) break;
      lines.push(line.slice(indent));
    }
    cursor.at = end === -1 ? cursor.text.length : end + 1;
  }
  let last = lines.length;
  while (last > 0 && lines[last - 1] === '') last -= 1;
  const body = lines.slice(0, last);
  const text = style === '|' ? body.join('\n') : joinFolded(body);
  // The break before the next line belongs to it for the reader of lines.
  if (cursor.at > 0 && peek(cursor, -1) === '\n') cursor.at -= 1;
  if (indicators.includes('-')) return text;
  if (indicators.includes('+')) return text + '\n'.repeat(lines.length - last + (last > 0 ? 1 : 0));
  return last === 0 ? '' : `${text}\n`;
}
