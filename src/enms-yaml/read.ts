import {
  constructFromEvents,
  EVENT_ID,
  parseEvents,
  SCALAR_STYLE,
  YAMLException,
  type Event,
  type Schema,
} from 'js-yaml';
import { YamlError, type YamlNode } from './scalars.ts';
import { nodeFrom, nodeSchema } from './schema.ts';

/** The deepest nesting that is read; no server writes such a depth. */
const deepest = 100;
/** How many characters the library gets at a time when a list can be cut between its items. */
const pieceSize = 32 * 1024;

/**
 * The one document of a text, null when there is none. Only tags of plain data are accepted, and nothing is ever run.
 * YamlError for what is not YAML, for several documents, and for what the library would read differently from Python.
 */
export function readYaml(text: string): YamlNode {
  const schema = nodeSchema();
  if (!isCuttable(text)) return readPiece(text, 0, text.length, schema);
  const items: YamlNode[] = [];
  for (let start = 0; start < text.length;) {
    const next = text.indexOf('\n- ', start + pieceSize);
    const end = next === -1 ? text.length : next + 1;
    const piece = readPiece(text, start, end, schema);
    if (piece.kind === 'seq') for (const item of piece.items) items.push(item);
    start = end;
  }
  return { kind: 'seq', tuple: false, items };
}

/**
 * The library makes an object for each token before it builds a value. So a list whose items begin at the beginning of
 * lines is read in pieces, unless an anchor, a directive or a document marker connects them.
 */
const isCuttable = (text: string) =>
  text.length > pieceSize && text.startsWith('- ') && !/(?:^|[\s,[{])&[^\s,[\]{}]|^(?:%|---|\.\.\.)/m.test(text);

function readPiece(text: string, start: number, end: number, schema: Schema): YamlNode {
  const source = text.slice(start, end);
  try {
    const foreign = source.search(/[\x85\u2028\u2029]/);
    if (foreign >= 0) YAMLException.throwAt(source, foreign, 'a line break of YAML 1.1 that is not escaped');
    const events = parseEvents(source, { maxDepth: deepest });
    guard(source, events);
    const [document = null] = constructFromEvents(events, { source, schema });
    return document === null ? { kind: 'scalar', tag: 'null', text: '' } : nodeFrom(document);
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const { mark, reason } = error;
    const before = mark === undefined ? 0 : linesIn(text.slice(0, start));
    // The library's own message would show the lines around the place.
    throw new YamlError(
      told(reason),
      mark === undefined ? undefined : { line: before + mark.line + 1, column: mark.column + 1 },
    );
  }
}

const linesIn = (text: string) => text.split(/\r\n?|\n/).length - 1;

function guard(source: string, events: readonly Event[]): void {
  let documents = 0;
  for (const event of events) {
    if (event.type === EVENT_ID.DOCUMENT) documents += 1;
    else if (documents > 1) YAMLException.throwAt(source, placeOf(event, source), 'there is more than one document');
    else if (event.type === EVENT_ID.SCALAR && event.style === SCALAR_STYLE.DOUBLE_QUOTED && !event.fast) {
      guardEscapes(source, event.valueStart, event.valueEnd);
    }
  }
}

/**
 * The library turns escapes beyond Unicode into other characters, and loses empty lines after an escaped line break.
 */
function guardEscapes(source: string, start: number, end: number): void {
  const escapes = /\\(?:(U(?!00(?:0|10)))|((?:\r\n|\r(?!\n)|\n)[ \t]*[\r\n])|[^])/g;
  for (const { index, 1: beyond, 2: breaks } of source.slice(start, end).matchAll(escapes)) {
    if (beyond !== undefined) YAMLException.throwAt(source, start + index, 'an escape stands for no character');
    if (breaks !== undefined) YAMLException.throwAt(source, start + index, 'an empty line follows an escaped break');
  }
}

const placeOf = (event: Event, source: string) =>
  'start' in event ? event.start : 'valueStart' in event && event.valueStart >= 0 ? event.valueStart : source.length;

/** The library's reason without its quotations: the word after a `*`, a `!` or a `%` may be a password. */
function told(reason: string): string {
  const [, name] = /!<tag:yaml\.org,2002:(.+)>/.exec(reason) ?? [];
  if (name !== undefined && reason.startsWith('unknown')) return `the tag !!${name} is not plain data, and is not run`;
  if (name !== undefined) return `the value does not fit its tag !!${name}`;
  if (/\btag\b/.test(reason)) return 'a tag is not one of plain data';
  if (reason.startsWith('unidentified alias')) return 'an alias refers to nothing before it';
  if (reason.startsWith('recursive alias')) return 'an anchor holds itself';
  return reason;
}
