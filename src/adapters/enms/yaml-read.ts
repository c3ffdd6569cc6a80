import { MigratorError } from '../../errors.ts';
import { YamlCursor } from './yaml-cursor.ts';
import { malformedYaml, plainTag, type YamlNode } from './yaml-node.ts';
import { blockText, doubleQuoted, foldLines, singleQuoted } from './yaml-scalars.ts';
import { applyTag } from './yaml-tags.ts';

/** Deeper nesting than any server writes. */
const deepest = 100;

/**
 * One document in the server's styles (tagged and quoted, or plain) and in what people write by hand. No tag is run: a
 * Python tuple is a list, every other tag that is not plain data is refused. PACKAGE_MALFORMED names file and line.
 */
export function readYaml(text: string, name: string): YamlNode {
  try {
    return new YamlReader(text).document();
  } catch (error) {
    if (!(error instanceof MigratorError)) throw error;
    throw new MigratorError('PACKAGE_MALFORMED', `${name} cannot be read: ${error.message}`, { cause: error });
  }
}

interface Properties {
  readonly tag: string | undefined;
  readonly anchor: string | undefined;
}

const none: Properties = { tag: undefined, anchor: undefined };

interface Place {
  /** Nodes below must be indented further than this. */
  readonly parent: number;
  /** A list may begin at the column of the key that it belongs to. */
  readonly listAtParent: boolean;
  /** No map may begin on this line: it already holds a key. */
  readonly afterKey: boolean;
}

class YamlReader {
  readonly #cursor: YamlCursor;
  readonly #anchors = new Map<string, YamlNode>();
  #depth = 0;

  constructor(text: string) {
    this.#cursor = new YamlCursor(text);
  }

  document(): YamlNode {
    const cursor = this.#cursor;
    cursor.skipBlank();
    if (cursor.rest().startsWith('%')) cursor.fail('directives are not read');
    if (cursor.atMarker('---')) cursor.move(3);
    const node = this.#node({ parent: -1, listAtParent: false, afterKey: false });
    cursor.skipBlank();
    if (cursor.atMarker('...')) cursor.move(3);
    cursor.skipBlank();
    if (!cursor.atEnd()) cursor.fail('there is more than one document, or the indentation is wrong');
    return node;
  }

  #node(place: Place): YamlNode {
    if (++this.#depth > deepest) this.#cursor.fail('it is nested too deeply');
    const node = this.#started(place, none);
    this.#depth -= 1;
    return node;
  }

  #started(place: Place, above: Properties): YamlNode {
    const cursor = this.#cursor;
    const line = cursor.line();
    cursor.skipBlank();
    const fresh = cursor.line() !== line || cursor.column() === 0;
    const column = cursor.column();
    const dash = cursor.isIndicator('-');
    const outside = column <= place.parent && !(dash && place.listAtParent && column === place.parent);
    if (cursor.atEnd() || cursor.atMarker('---') || cursor.atMarker('...') || (fresh && outside)) {
      return this.#finished(above, { kind: 'scalar', tag: 'null', text: '' }, true);
    }
    const afterKey = place.afterKey && !fresh;
    if (dash || cursor.isIndicator('?')) {
      if (afterKey) cursor.fail('a list or map begins on the line of its key');
      const node = dash ? this.#list(column) : this.#map(column, undefined);
      return this.#finished(above, node, false);
    }
    const properties = this.#properties();
    if (properties !== none && cursor.atLineEnd()) {
      if (above.tag !== undefined && properties.tag !== undefined) cursor.fail('a value has two tags');
      const joined = { tag: properties.tag ?? above.tag, anchor: properties.anchor ?? above.anchor };
      return this.#started({ ...place, afterKey: false }, joined);
    }
    return this.#content({ ...place, afterKey }, column, above, properties);
  }

  /** A scalar, a flow collection, an alias, or a map that begins with a key here. */
  #content(place: Place, column: number, above: Properties, properties: Properties): YamlNode {
    const cursor = this.#cursor;
    const line = cursor.line();
    const first = cursor.peek();
    if (first === '|' || first === '>')
      return this.#finished(merged(above, properties), this.#block(place.parent), false);
    const { node, plain } =
      first === '*' ? { node: this.#alias(), plain: false } : this.#flowOrScalar(place.parent, false);
    if (cursor.line() === line && cursor.isKeyEnd()) {
      if (place.afterKey) cursor.fail('two keys stand on one line');
      const key = this.#finished(properties, node, plain);
      return this.#finished(above, this.#map(column, key), false);
    }
    return this.#finished(merged(above, properties), node, plain);
  }

  #list(column: number): YamlNode {
    const cursor = this.#cursor;
    const items: YamlNode[] = [];
    while (cursor.column() === column && cursor.isIndicator('-')) {
      cursor.move(1);
      items.push(this.#node({ parent: column, listAtParent: false, afterKey: false }));
      cursor.skipBlank();
    }
    this.#mustHaveLeft(column);
    return { kind: 'seq', tuple: false, items };
  }

  #map(column: number, firstKey: YamlNode | undefined): YamlNode {
    const cursor = this.#cursor;
    const entries: (readonly [YamlNode, YamlNode])[] = [];
    const seen = new Set<string>();
    const inside: Place = { parent: column, listAtParent: true, afterKey: true };
    for (let key = firstKey; ;) {
      // Behind a key with its own mark a list or a map may begin on the line of the colon.
      const marked = key === undefined && cursor.isIndicator('?');
      key ??= this.#key(column, inside);
      const name = key.kind === 'scalar' ? key.text : cursor.fail('a key is a list or a map');
      if (seen.has(name)) cursor.fail(`the key "${name}" comes twice`);
      seen.add(name);
      if (!cursor.isKeyEnd()) cursor.fail(`the key "${name}" has no colon`);
      cursor.move(1);
      entries.push([key, this.#node({ ...inside, afterKey: !marked })]);
      key = undefined;
      cursor.skipBlank();
      if (cursor.atEnd() || cursor.column() < column || cursor.atMarker('---') || cursor.atMarker('...')) break;
      // A list in a list goes on with its next dash.
      if (cursor.column() !== column) cursor.fail('the indentation is wrong');
    }
    return { kind: 'map', entries };
  }

  #key(column: number, inside: Place): YamlNode {
    const cursor = this.#cursor;
    if (cursor.isIndicator('?')) {
      cursor.move(1);
      const key = this.#node({ ...inside, afterKey: false });
      cursor.skipBlank();
      if (cursor.column() !== column) cursor.fail('a key is without its colon');
      return key;
    }
    const line = cursor.line();
    const properties = this.#properties();
    const { node, plain } = this.#flowOrScalar(column, false);
    if (cursor.line() !== line) cursor.fail('a key stretches over lines');
    return this.#finished(properties, node, plain);
  }

  #mustHaveLeft(column: number): void {
    const cursor = this.#cursor;
    const left = cursor.atEnd() || cursor.column() <= column || cursor.atMarker('---') || cursor.atMarker('...');
    if (!left) cursor.fail('the indentation is wrong');
  }

  #properties(): Properties {
    const cursor = this.#cursor;
    let tag: string | undefined;
    let anchor: string | undefined;
    for (;;) {
      const found = cursor.match(/[!&][^\s,[\]{}]*/y);
      if (found === undefined) break;
      if (found.startsWith('!')) tag = tag === undefined ? found : cursor.fail('a value has two tags');
      else anchor = anchor === undefined ? found.slice(1) : cursor.fail('a value has two anchors');
      cursor.skipSpaces();
    }
    return tag === undefined && anchor === undefined ? none : { tag, anchor };
  }

  #alias(): YamlNode {
    const name = this.#cursor.match(/\*[^\s,[\]{}]+/y)?.slice(1) ?? '';
    return this.#anchors.get(name) ?? this.#cursor.fail(`*${name} refers to nothing before it`);
  }

  #flowOrScalar(parent: number, inFlow: boolean): { readonly node: YamlNode; readonly plain: boolean } {
    const cursor = this.#cursor;
    const line = cursor.line();
    const text = (value: string) => ({ node: { kind: 'scalar', tag: 'str', text: value } as const, plain: false });
    switch (cursor.peek()) {
      case '"':
        return text(doubleQuoted(cursor.quoted('"'), line));
      case "'":
        return text(singleQuoted(cursor.quoted("'")));
      case '[':
        return { node: this.#flowList(), plain: false };
      case '{':
        return { node: this.#flowMap(), plain: false };
      default: {
        const word = foldLines(cursor.plain(parent, inFlow));
        return { node: { kind: 'scalar', tag: 'str', text: word }, plain: true };
      }
    }
  }

  #flowNode(): YamlNode {
    if (++this.#depth > deepest) this.#cursor.fail('it is nested too deeply');
    const cursor = this.#cursor;
    const properties = this.#properties();
    cursor.skipBlank();
    const bare = /[,\]}]/.test(cursor.peek()) || cursor.isFlowColon();
    const { node, plain } = bare
      ? { node: { kind: 'scalar', tag: 'null', text: '' } as const, plain: true }
      : cursor.peek() === '*'
        ? { node: this.#alias(), plain: false }
        : this.#flowOrScalar(-1, true);
    cursor.skipBlank();
    this.#depth -= 1;
    return this.#finished(properties, node, plain);
  }

  #flowList(): YamlNode {
    const cursor = this.#cursor;
    const items: YamlNode[] = [];
    cursor.move(1);
    cursor.skipBlank();
    while (cursor.peek() !== ']') {
      items.push(this.#flowNode());
      if (cursor.peek() === ',') cursor.move(1);
      else if (cursor.peek() !== ']') cursor.fail('a list is not closed');
      cursor.skipBlank();
    }
    cursor.move(1);
    return { kind: 'seq', tuple: false, items };
  }

  #flowMap(): YamlNode {
    const cursor = this.#cursor;
    const entries: (readonly [YamlNode, YamlNode])[] = [];
    cursor.move(1);
    cursor.skipBlank();
    while (cursor.peek() !== '}') {
      if (cursor.isIndicator('?')) {
        cursor.move(1);
        cursor.skipBlank();
      }
      const key = this.#flowNode();
      if (!cursor.isFlowColon()) cursor.fail('a map is not closed, or a key has no colon');
      cursor.move(1);
      cursor.skipBlank();
      entries.push([key, this.#flowNode()]);
      if (cursor.peek() === ',') cursor.move(1);
      else if (cursor.peek() !== '}') cursor.fail('a map is not closed');
      cursor.skipBlank();
    }
    cursor.move(1);
    return { kind: 'map', entries };
  }

  #block(parent: number): YamlNode {
    const { lines, folded, chomp } = this.#cursor.block(parent);
    return { kind: 'scalar', tag: 'str', text: blockText(lines, folded, chomp) };
  }

  #finished({ tag, anchor }: Properties, read: YamlNode, plain: boolean): YamlNode {
    const cursor = this.#cursor;
    const resolved =
      plain && tag === undefined && read.kind === 'scalar' ? { ...read, tag: plainTag(read.text) } : read;
    const node = tag === undefined ? resolved : (applyTag(tag, resolved) ?? refuse(tag, cursor));
    if (anchor !== undefined) this.#anchors.set(anchor, node);
    return node;
  }
}

function merged(above: Properties, own: Properties): Properties {
  return { tag: own.tag ?? above.tag, anchor: own.anchor ?? above.anchor };
}

function refuse(tag: string, cursor: YamlCursor): never {
  throw malformedYaml(`the tag ${tag} is not plain data, and is not run`, cursor.line());
}
