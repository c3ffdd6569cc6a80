import { COLLECTION_STYLE, FAILSAFE_SCHEMA, present, SCALAR_STYLE, type Node } from 'js-yaml';
import type { YamlNode } from './scalars.ts';

const width = 80;

/**
 * A list as eNMS writes one: every scalar between double quotes, a tag on what is no text, nothing but ASCII, long texts
 * folded with a backslash at the end of the line. So no word can be taken for something else by any loader.
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

/** The library leaves what can be printed as it is. All of it stands between double quotes. */
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

const escapeOrWord = /\\(?:x.{2}|u.{4}|U.{8}|.)| ?[^\\ ]+| /g;

/**
 * The library does not fold between double quotes. Lines break behind the width, before a space, which a backslash keeps,
 * or behind an escape.
 */
function folded(line: string): string {
  if (line.length <= width) return line;
  const [, lead = '', key = '', tag = '', value] = scalarAtEnd.exec(line) ?? [];
  if (value === undefined) return line;
  const pad = ' '.repeat(lead.length + (key === '' ? 0 : 2));
  let text = `${lead}${key}${tag}"`;
  let used = text.length;
  let isBehindEscape = false;
  for (const [word] of value.slice(1, -1).matchAll(escapeOrWord)) {
    if (used > width && (isBehindEscape || word.startsWith(' '))) {
      const start = word.startsWith(' ') ? `${pad}\\` : pad;
      text += `\\\n${start}`;
      used = start.length;
    }
    text += word;
    used += word.length;
    isBehindEscape = word.startsWith('\\');
  }
  return `${text}"`;
}
