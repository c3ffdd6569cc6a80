// Reads the product's own style and plain YAML by hand: its own libraries would be one more dependency, and what the
// product's loader accepts is little of YAML, in its 1.1 rules.
import {
  atLineEnd,
  column,
  fail,
  isBlank,
  isMarker,
  peek,
  readBlockScalar,
  readPlain,
  readPlainLine,
  readQuoted,
  readWord,
  skipBlanks,
  skipLines,
  type Cursor,
} from './cursor.ts';
import { checkCollection, plainValue, taggedValue } from './scalars.ts';

interface Decoration {
  readonly tag: string | undefined;
  readonly anchor: string | undefined;
}

const deepest = 100;

function tagOf(word: string): string {
  const [, verbatim] = /^!<tag:yaml\.org,2002:(.+)>$/.exec(word) ?? [];
  return verbatim === undefined ? word : `!!${verbatim}`;
}

/** Tag and anchor before a node. */
function readDecoration(cursor: Cursor): Decoration {
  let tag: string | undefined;
  let anchor: string | undefined;
  while (peek(cursor) === '!' || peek(cursor) === '&') {
    const word = readWord(cursor);
    if (word.startsWith('&')) anchor = word.slice(1);
    else tag = tagOf(word);
    skipBlanks(cursor);
  }
  return { tag, anchor };
}

function keep(cursor: Cursor, { anchor }: Decoration, value: unknown): unknown {
  if (anchor !== undefined) cursor.anchors.set(anchor, value);
  return value;
}

function alias(cursor: Cursor): unknown {
  const name = readWord(cursor).slice(1);
  if (!cursor.anchors.has(name)) fail(cursor, `there is no anchor "${name}"`);
  return cursor.anchors.get(name);
}

function scalarOf({ tag }: Decoration, text: string, isPlain: boolean): unknown {
  if (tag !== undefined) return taggedValue(tag, text);
  return isPlain ? plainValue(text) : text;
}

function keyText(value: unknown, cursor: Cursor): string {
  if (value === null) return 'None';
  if (typeof value === 'string') return value;
  if (typeof value !== 'number' && typeof value !== 'boolean') fail(cursor, 'a collection cannot be a key');
  return String(value);
}

/** Copies what `<<` refers to; keys of the map itself win. */
function withMerged(cursor: Cursor, map: Record<string, unknown>): Record<string, unknown> {
  if (!('<<' in map)) return map;
  const { '<<': merged, ...own } = map;
  const sources = Array.isArray(merged) ? (merged as unknown[]) : [merged];
  if (sources.some((one) => typeof one !== 'object' || one === null)) fail(cursor, 'expected a mapping for merging');
  return Object.assign({}, ...sources.toReversed(), own) as Record<string, unknown>;
}

function put(map: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(map, key, { value, enumerable: true, writable: true, configurable: true });
}

function readFlowScalar(cursor: Cursor, decoration: Decoration): unknown {
  if (peek(cursor) === '"' || peek(cursor) === "'") return scalarOf(decoration, readQuoted(cursor), false);
  const lines = [readPlainLine(cursor, true)];
  while (peek(cursor) === '\n') {
    skipLines(cursor);
    if (',[]{}:'.includes(peek(cursor))) break;
    lines.push(readPlainLine(cursor, true));
  }
  return scalarOf(decoration, lines.join(' ').trim(), true);
}

function readFlowMap(cursor: Cursor, depth: number): Record<string, unknown> {
  const map: Record<string, unknown> = {};
  cursor.at += 1;
  for (;;) {
    skipLines(cursor);
    if (peek(cursor) === '}') break;
    if (peek(cursor) === '') fail(cursor, 'a flow mapping has no end');
    const key = keyText(readFlow(cursor, depth + 1), cursor);
    skipLines(cursor);
    let value: unknown = null;
    if (peek(cursor) === ':') {
      cursor.at += 1;
      skipLines(cursor);
      if (!',}'.includes(peek(cursor))) value = readFlow(cursor, depth + 1);
    }
    put(map, key, value);
    skipLines(cursor);
    if (peek(cursor) === ',') cursor.at += 1;
    else if (peek(cursor) !== '}') fail(cursor, 'expected "," or "}"');
  }
  cursor.at += 1;
  return withMerged(cursor, map);
}

function readFlowList(cursor: Cursor, depth: number): unknown[] {
  const list: unknown[] = [];
  cursor.at += 1;
  for (;;) {
    skipLines(cursor);
    if (peek(cursor) === ']') break;
    if (peek(cursor) === '') fail(cursor, 'a flow sequence has no end');
    const value = readFlow(cursor, depth + 1);
    skipLines(cursor);
    if (peek(cursor) === ':') {
      cursor.at += 1;
      skipLines(cursor);
      list.push({ [keyText(value, cursor)]: ',]'.includes(peek(cursor)) ? null : readFlow(cursor, depth + 1) });
      skipLines(cursor);
    } else {
      list.push(value);
    }
    if (peek(cursor) === ',') cursor.at += 1;
    else if (peek(cursor) !== ']') fail(cursor, 'expected "," or "]"');
  }
  cursor.at += 1;
  return list;
}

function readFlow(cursor: Cursor, depth: number): unknown {
  if (depth > deepest) fail(cursor, 'too deep');
  const decoration = readDecoration(cursor);
  skipLines(cursor);
  const character = peek(cursor);
  if (character === '*') return alias(cursor);
  if (character !== '[' && character !== '{') return keep(cursor, decoration, readFlowScalar(cursor, decoration));
  const value = character === '[' ? readFlowList(cursor, depth) : readFlowMap(cursor, depth);
  return keep(cursor, decoration, decoration.tag === undefined ? value : checkCollection(decoration.tag, value));
}

const isDash = (cursor: Cursor) => peek(cursor) === '-' && isBlank(peek(cursor, 1));

/** Whether `key:` stands at the cursor; it comes back to where it was. */
function isKey(cursor: Cursor): boolean {
  const start = cursor.at;
  try {
    readDecoration(cursor);
    if (peek(cursor) === '"' || peek(cursor) === "'") {
      readQuoted(cursor);
      // A key stands on one line, unless it was folded.
      skipBlanks(cursor);
    } else if (peek(cursor) === '*') {
      readWord(cursor);
      skipBlanks(cursor);
    } else if ('[{|>'.includes(peek(cursor))) {
      return false;
    } else {
      readPlainLine(cursor, false);
    }
    return peek(cursor) === ':' && isBlank(peek(cursor, 1));
  } finally {
    cursor.at = start;
  }
}

function readKey(cursor: Cursor): string {
  const decoration = readDecoration(cursor);
  if (peek(cursor) === '*') return keyText(alias(cursor), cursor);
  const isQuoted = peek(cursor) === '"' || peek(cursor) === "'";
  const text = isQuoted ? readQuoted(cursor) : readPlainLine(cursor, false);
  return keyText(keep(cursor, decoration, scalarOf(decoration, text, !isQuoted)), cursor);
}

/** What stands after `key:` or below it, for a key at this indentation. */
function readMember(cursor: Cursor, indent: number, depth: number): unknown {
  skipBlanks(cursor);
  const decoration = readDecoration(cursor);
  if (!atLineEnd(cursor)) {
    if (isDash(cursor) || (isKey(cursor) && decoration.anchor === undefined))
      fail(cursor, 'a collection is not allowed here');
    return readContent(cursor, decoration, indent, depth);
  }
  skipLines(cursor);
  const below = column(cursor);
  const listHere = below === indent && isDash(cursor);
  if (peek(cursor) === '' || isMarker(cursor) || (below <= indent && !listHere)) {
    return keep(cursor, decoration, scalarOf(decoration, '', decoration.tag === undefined));
  }
  return readNode(cursor, decoration, listHere ? indent - 1 : indent, depth);
}

function readMap(cursor: Cursor, depth: number): Record<string, unknown> {
  const indent = column(cursor);
  const map: Record<string, unknown> = {};
  for (;;) {
    if (!isKey(cursor)) fail(cursor, 'expected a key');
    const key = readKey(cursor);
    skipBlanks(cursor);
    cursor.at += 1;
    put(map, key, readMember(cursor, indent, depth));
    skipLines(cursor);
    if (peek(cursor) === '' || isMarker(cursor) || column(cursor) < indent) break;
    if (column(cursor) > indent) fail(cursor, 'bad indentation');
    if (isDash(cursor)) break;
  }
  return withMerged(cursor, map);
}

function readList(cursor: Cursor, depth: number): unknown[] {
  const indent = column(cursor);
  const list: unknown[] = [];
  while (peek(cursor) !== '' && column(cursor) === indent && isDash(cursor)) {
    cursor.at += 1;
    if (!atLineEnd(cursor)) {
      const decoration = readDecoration(cursor);
      if (!atLineEnd(cursor)) {
        list.push(readNode(cursor, decoration, indent, depth));
        skipLines(cursor);
        continue;
      }
      list.push(readBelow(cursor, decoration, indent, depth));
    } else {
      list.push(readBelow(cursor, { tag: undefined, anchor: undefined }, indent, depth));
    }
    skipLines(cursor);
  }
  if (peek(cursor) !== '' && column(cursor) > indent) fail(cursor, 'bad indentation');
  return list;
}

function readBelow(cursor: Cursor, decoration: Decoration, indent: number, depth: number): unknown {
  skipLines(cursor);
  if (peek(cursor) === '' || column(cursor) <= indent || isMarker(cursor)) {
    return keep(cursor, decoration, scalarOf(decoration, '', decoration.tag === undefined));
  }
  return readNode(cursor, decoration, indent, depth);
}

/** Scalars, flows and aliases. */
function readContent(cursor: Cursor, decoration: Decoration, indent: number, depth: number): unknown {
  const character = peek(cursor);
  if (character === '*') return alias(cursor);
  if (character === '[' || character === '{') {
    const value = readFlow(cursor, depth);
    if (!atLineEnd(cursor)) fail(cursor, 'text after a flow collection');
    return keep(cursor, decoration, decoration.tag === undefined ? value : checkCollection(decoration.tag, value));
  }
  if (character === '|' || character === '>') {
    return keep(cursor, decoration, scalarOf(decoration, readBlockScalar(cursor, indent), false));
  }
  if ('%@`'.includes(character)) fail(cursor, `"${character}" cannot begin a scalar`);
  const isQuoted = character === '"' || character === "'";
  const text = isQuoted ? readQuoted(cursor) : readPlain(cursor, indent + 1);
  if (isQuoted && !atLineEnd(cursor)) fail(cursor, 'text after a quoted scalar');
  return keep(cursor, decoration, scalarOf(decoration, text, !isQuoted));
}

function readNode(cursor: Cursor, outer: Decoration, indent: number, depth: number): unknown {
  if (depth > deepest) fail(cursor, 'too deep');
  if (isDash(cursor) || isKey(cursor)) {
    const value = isDash(cursor) ? readList(cursor, depth + 1) : readMap(cursor, depth + 1);
    return keep(cursor, outer, outer.tag === undefined ? value : checkCollection(outer.tag, value));
  }
  const own = readDecoration(cursor);
  const decoration = { tag: own.tag ?? outer.tag, anchor: own.anchor ?? outer.anchor };
  if (atLineEnd(cursor)) return readBelow(cursor, decoration, indent, depth);
  return readContent(cursor, decoration, indent, depth);
}

/**
 * The first document of a text; null for one without content. Tuples become arrays. Fails with YamlError for what is no
 * YAML and for tags that would make objects of the server's language.
 */
export function readYaml(source: string): unknown {
  const text = source.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  const cursor: Cursor = { text, at: 0, anchors: new Map() };
  skipLines(cursor);
  while (peek(cursor) === '%') {
    while (peek(cursor) !== '\n' && peek(cursor) !== '') cursor.at += 1;
    skipLines(cursor);
  }
  if (isMarker(cursor) && peek(cursor) === '-') cursor.at += 3;
  skipLines(cursor);
  if (peek(cursor) === '' || isMarker(cursor)) return null;
  const value = readNode(cursor, { tag: undefined, anchor: undefined }, -1, 0);
  skipLines(cursor);
  if (peek(cursor) !== '' && !isMarker(cursor)) fail(cursor, 'expected the end of the document');
  return value;
}
