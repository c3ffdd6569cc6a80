import { COLLECTION_STYLE, FAILSAFE_SCHEMA, present, SCALAR_STYLE, type Node } from 'js-yaml';
import type { YamlNode } from './scalars.ts';

const width = 80;

/**
 * Writes a list as eNMS does: every scalar in double quotes, a tag on everything that is not text, only ASCII, and long
 * texts folded with a backslash at the end of the line. So every loader reads every word in the same way.
 */
export const writeItems = (items: readonly YamlNode[]): string =>
  items.length === 0 ? '[]\n' : items.map(writeItem).join('');

function writeItem(item: YamlNode): string {
  const contents: Node = { kind: 'sequence', ...untagged('seq'), style: COLLECTION_STYLE.BLOCK, items: [shown(item)] };
  const text = present([{ contents, directives: [] }], { schema: FAILSAFE_SCHEMA, seqNoIndent: true });
  return text.split('\n').map(inAscii).map(folded).join('\n');
}

const untagged = (name: string) => ({ tag: `tag:yaml.org,2002:${name}`, tagged: false });

function shown(node: YamlNode): Node {
  switch (node.kind) {
    case 'scalar': {
      const tag = node.tag === 'str' ? untagged('str') : { tag: `!!${node.tag}`, tagged: true };
      return { kind: 'scalar', ...tag, style: SCALAR_STYLE.DOUBLE_QUOTED, value: node.text };
    }
    case 'seq': {
      const tag = node.tuple ? { tag: '!!python/tuple', tagged: true } : untagged('seq');
      return { kind: 'sequence', ...tag, style: COLLECTION_STYLE.BLOCK, items: node.items.map(shown) };
    }
    case 'map': {
      const items = node.entries.map(([key, value]) => ({ key: shown(key), value: shown(value) }));
      return { kind: 'mapping', ...untagged('map'), style: COLLECTION_STYLE.BLOCK, items };
    }
  }
}

/** Escapes what is not ASCII: the library writes printable characters as they are. The line has double quotes only. */
const inAscii = (line: string): string =>
  line.replaceAll(/[^\n -~]/gu, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase();
    const [mark, digits] = code.length <= 2 ? ['x', 2] : code.length <= 4 ? ['u', 4] : ['U', 8];
    return `\\${mark}${code.padStart(digits, '0')}`;
  });

const scalarAtEnd = (() => {
  const scalar = String.raw`"[^"\\]*(?:\\.[^"\\]*)*"`;
  return new RegExp(`^( *(?:- )*)((?:[?:] |${scalar}: )?)((?:!!\\w+ )?)(${scalar})$`);
})();

const characters = /\\(?:x.{2}|u.{4}|U.{8}|.)|./g;

/**
 * The library does not fold between double quotes. The server's writer breaks a line that is longer than the width
 * before a space or beside an escape, but never before the last character. It counts an escape that it has just written
 * as one character less. A backslash keeps a space at the beginning of a line.
 */
function folded(line: string): string {
  if (line.length <= width) return line;
  const [, lead = '', key = '', tag = '', value] = scalarAtEnd.exec(line) ?? [];
  if (value === undefined) return line;
  const pad = ' '.repeat(lead.length + (key === '' ? 0 : 2));
  const signs = value.slice(1, -1).match(characters) ?? [];
  let text = `${lead}${key}${tag}"`;
  let used = text.length;
  let isBehindEscape = false;
  for (const [index, sign] of signs.entries()) {
    const isEscape = sign.length > 1;
    const isInside = index > 0 && index < signs.length - 1;
    if (!isEscape && isInside && used > width && (sign === ' ' || isBehindEscape)) startLine(sign);
    text += sign;
    used += sign.length;
    if (isEscape && isInside && used - 1 > width) startLine(signs[index + 1]);
    isBehindEscape = isEscape;
  }
  return `${text}"`;

  function startLine(next: string | undefined): void {
    const start = next === ' ' ? `${pad}\\` : pad;
    text += `\\\n${start}`;
    used = start.length;
  }
}
