import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments, visit } from 'yaml';
import type { Fault } from '../../../core/waves/plan.ts';
import { scalar, type Member, type PlanNode } from '../../../core/waves/plan-node.ts';

export interface ReadNode {
  /** Undefined when the file cannot be understood at all. */
  readonly root: PlanNode | undefined;
  readonly faults: readonly Fault[];
}

/** What the parser's codes mean for somebody who repairs the file. */
const words: Readonly<Record<string, readonly [message: string, hint: string]>> = {
  TAB_AS_INDENT: ['the line is indented with a tab', 'indent with spaces'],
  DUPLICATE_KEY: ['a key is there twice', 'keep one of them'],
  BAD_INDENT: ['the line is not indented as what it belongs to', 'give the members of one list the same indent'],
  BLOCK_AS_IMPLICIT_KEY: ['a second ": " on one line', 'put a text with a colon in quotes'],
  MISSING_CHAR: ['a quote or a bracket is not closed', 'close it'],
};

/** Reads YAML, or JSON, which is a part of it, with the lines. Plans have no anchors and no tags: people read them. */
export function readYaml(text: string): ReadNode {
  const lineCounter = new LineCounter();
  const lineAt = (offset: number | undefined): number => lineCounter.linePos(offset ?? 0).line;
  const documents = [...parseAllDocuments(text, { lineCounter, prettyErrors: false, logLevel: 'silent' })];
  const [document, second] = documents;
  if (document === undefined || document.contents === null)
    return { root: undefined, faults: [{ line: 1, message: 'the file is empty' }] };
  const faults: Fault[] = document.errors.map(({ code, message, pos: [offset] }) => {
    const [own, hint] = words[code] ?? [firstLine(message), undefined];
    return { line: lineAt(offset), message: own, hint };
  });
  if (second !== undefined) {
    const line = lineAt(second.range[0]);
    faults.push({ line, message: 'a second document begins here', hint: 'one plan is one document: remove the ---' });
  }
  const broken = document.errors.some(({ code }) => code !== 'DUPLICATE_KEY');
  const tell = (node: Node, message: string, hint: string) =>
    faults.push({ line: lineAt(node.range?.[0]), message, hint });
  visit(document, {
    Node: (_, node) => {
      if (isAlias(node)) tell(node, `*${node.source} refers to another place`, 'write out what is meant');
      else if (node.anchor !== undefined) tell(node, `&${node.anchor} is an anchor`, 'remove it: plans have none');
      if (!isAlias(node) && node.tag?.startsWith('tag:yaml.org,2002:') === false)
        tell(node, `${node.tag} is a tag`, 'remove it: plans have none');
    },
  });
  return { root: broken ? undefined : nodeOf(document.contents, 1, lineAt), faults };
}

const firstLine = (message: string): string => {
  const [line = ''] = message.split('\n');
  return line.charAt(0).toLowerCase() + line.slice(1);
};

function nodeOf(node: unknown, parentLine: number, lineAt: (offset: number | undefined) => number): PlanNode {
  const offset = (node as Node | null)?.range?.[0];
  const line = offset === undefined ? parentLine : lineAt(offset);
  if (isMap(node)) {
    const members = node.items.map(({ key, value }): Member => {
      const keyLine = isScalar(key) ? lineAt(key.range?.[0]) : line;
      return { name: textOf(key), line: keyLine, value: nodeOf(value, keyLine, lineAt) };
    });
    return { kind: 'map', line, members };
  }
  if (isSeq(node)) return { kind: 'list', line, items: node.items.map((item) => nodeOf(item, line, lineAt)) };
  const value = isScalar(node) ? node.value : null;
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? scalar(value, line, textOf(node))
    : scalar(null, line, '');
}

/** A plain `007` as it is written. */
function textOf(node: unknown): string {
  if (!isScalar(node)) return '';
  return typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
}
