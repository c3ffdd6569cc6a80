import type { YamlNode, YamlValue } from './yaml-node.ts';

/** A list in the style of the server's own files: block style, every scalar double-quoted, non-strings with their tag. */
export function writeItems(items: readonly YamlNode[]): string {
  return items.length === 0 ? '[]\n' : items.map((item) => `-${valueAfter(item, 0)}`).join('');
}

/** Numbers that are whole become integers: the server takes them for its fractions too. */
export function nodeOf(value: YamlValue): YamlNode {
  if (value === null) return { kind: 'scalar', tag: 'null', text: 'null' };
  if (typeof value === 'boolean') return { kind: 'scalar', tag: 'bool', text: String(value) };
  if (typeof value === 'number') return number(value);
  if (typeof value === 'string') return { kind: 'scalar', tag: 'str', text: value };
  if (isList(value)) return { kind: 'seq', tuple: false, items: value.map((item) => nodeOf(item)) };
  const entries = Object.entries(value);
  return { kind: 'map', entries: entries.map(([key, item]) => [nodeOf(key), nodeOf(item)] as const) };
}

function number(value: number): YamlNode {
  return { kind: 'scalar', tag: Number.isSafeInteger(value) ? 'int' : 'float', text: String(value) };
}

function isList(value: YamlValue): value is readonly YamlValue[] {
  return Array.isArray(value);
}

/** What follows `-` or `key:`. */
function valueAfter(node: YamlNode, indent: number): string {
  const pad = ' '.repeat(indent + 2);
  switch (node.kind) {
    case 'scalar':
      return ` ${scalar(node)}\n`;
    case 'seq': {
      const tag = node.tuple ? ' !!python/tuple' : '';
      if (node.items.length === 0) return `${tag} []\n`;
      return `${tag}\n${node.items.map((item) => `${pad}-${valueAfter(item, indent + 2)}`).join('')}`;
    }
    case 'map':
      if (node.entries.length === 0) return ' {}\n';
      return `\n${node.entries.map(([key, value]) => `${pad}${keyOf(key, pad)}${valueAfter(value, indent + 2)}`).join('')}`;
  }
}

/** Loaders look for the colon of a key on its own line and not too far away; longer keys are marked as such. */
function keyOf(key: YamlNode, pad: string): string {
  const text = key.kind === 'scalar' ? scalar(key) : '""';
  return text.length > 120 ? `? ${text}\n${pad}:` : `${text}:`;
}

function scalar({ tag, text }: Extract<YamlNode, { kind: 'scalar' }>): string {
  return tag === 'str' ? quoted(text) : `!!${tag} ${quoted(text)}`;
}

/** JSON's escapes are YAML's, but for what YAML takes for a line break or does not print. */
function quoted(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[\x7f-\xa0\u2028\u2029\ufeff\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
