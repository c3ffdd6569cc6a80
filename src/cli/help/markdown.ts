import stringWidth from 'fast-string-width';
import { wrapped } from '../terminal/wrap.ts';

const margin = '  ';

/** A page in Markdown as plain text for a terminal of this width. Code keeps its lines. */
export function printed(markdown: string, width: number): string {
  const out: string[] = [];
  for (const block of blocksOf(markdown)) {
    if (out.length > 0) out.push('');
    out.push(...textOf(block, Math.max(width, 40)));
  }
  return out.join('\n');
}

type Kind = 'heading' | 'code' | 'table' | 'list' | 'text';

interface Block {
  readonly kind: Kind;
  readonly lines: readonly string[];
}

function kindOf(line: string): Kind {
  if (/^#{1,6} /u.test(line)) return 'heading';
  if (/^\s*(?:[-*]|\d+\.) /u.test(line)) return 'list';
  return line.startsWith('|') ? 'table' : 'text';
}

function blocksOf(markdown: string): readonly Block[] {
  const blocks: { kind: Kind; lines: string[] }[] = [];
  let open: { kind: Kind; lines: string[] } | undefined;
  let isCode = false;
  for (const line of markdown.split('\n')) {
    if (/^\s*```/u.test(line)) {
      isCode = !isCode;
      open = isCode ? { kind: 'code', lines: [] } : undefined;
      if (open !== undefined) blocks.push(open);
    } else if (isCode) {
      open?.lines.push(line);
    } else if (line.trim() === '') {
      open = undefined;
    } else {
      const kind = kindOf(line);
      const goesOn = open !== undefined && (kind === open.kind || (kind === 'text' && open.kind === 'list'));
      if (open === undefined || !goesOn || kind === 'heading') blocks.push((open = { kind, lines: [] }));
      open.lines.push(line);
    }
  }
  return blocks;
}

function textOf({ kind, lines }: Block, width: number): readonly string[] {
  switch (kind) {
    case 'heading':
      return lines.map((line) => plain(line.replace(/^#+ /u, '')));
    case 'code':
      return lines.map((line) => `${margin}${margin}${line}`.trimEnd());
    case 'list':
      return itemsOf(lines).flatMap((item) => indented(item, width));
    case 'table':
      return tableText(lines, width);
    case 'text':
      return indented(lines.join(' '), width);
  }
}

/** An item with its mark, and the lines that go on with it. */
function itemsOf(lines: readonly string[]): readonly string[] {
  const items: string[] = [];
  for (const line of lines) {
    if (kindOf(line) === 'list') items.push(line);
    else items.push(`${items.pop() ?? ''} ${line.trim()}`);
  }
  return items;
}

function indented(text: string, width: number): readonly string[] {
  const [lead = ''] = /^\s*(?:(?:[-*]|\d+\.) )?/u.exec(text) ?? [];
  const later = ' '.repeat(lead.length);
  const lines = wrapped(plain(text.slice(lead.length)), width - margin.length - lead.length);
  return lines.map((line, index) => `${margin}${index === 0 ? lead : later}${line}`);
}

/** Without the marks of Markdown. A link to another page names how to read it. */
function plain(text: string): string {
  return text
    .replace(/\[([^\]]+)\]\(([^)]+)\)/gu, (_, words: string, target: string) => linkText(words, target))
    .replace(/`([^`]+)`/gu, '$1')
    .replace(/\*\*([^*]+)\*\*/gu, '$1')
    .replaceAll('\\|', '|')
    .replaceAll('\\<', '<');
}

function linkText(words: string, target: string): string {
  if (/^https?:/u.test(target)) return words === target ? target : `${words} (${target})`;
  const [, name] = /^(?:.*\/)?([\w-]+)\.md(?:#.*)?$/u.exec(target) ?? [];
  return name === undefined || target.includes('decisions/') ? words : `${words} (migrator help ${name})`;
}

const cellsOf = (line: string): readonly string[] =>
  line
    .replace(/^\||\|\s*$/gu, '')
    .split(/(?<!\\)\|/u)
    .map((cell) => plain(cell.trim()));

/** Columns where they fit; else each row as its first cell, with the others below it. */
function tableText(lines: readonly string[], width: number): readonly string[] {
  const rows = lines.filter((line) => !/^[|\s:-]+$/u.test(line)).map(cellsOf);
  const count = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, at) => Math.max(...rows.map((row) => stringWidth(row[at] ?? ''))));
  const before = widths.slice(0, -1).reduce((sum, one) => sum + one + 2, margin.length);
  const last = width - before;
  if (last < Math.min(widths.at(-1) ?? 0, 32))
    return rows.slice(1).flatMap((row) => rowBelow(row, rows[0] ?? [], width));
  return rows.flatMap((row) => {
    const start = row.slice(0, -1).map((cell, at) => cell + ' '.repeat((widths[at] ?? 0) - stringWidth(cell) + 2));
    const cell = wrapped(row.at(-1) ?? '', last);
    const first = `${margin}${start.join('')}${cell[0] ?? ''}`.trimEnd();
    return [first, ...cell.slice(1).map((line) => `${' '.repeat(before)}${line}`)];
  });
}

function rowBelow(row: readonly string[], head: readonly string[], width: number): readonly string[] {
  const [name = '', ...rest] = row;
  const named = rest.length > 1;
  return [
    ...wrapped(name, width - margin.length).map((line) => `${margin}${line}`),
    ...rest.flatMap((cell, at) => {
      const title = named ? `${head[at + 1] ?? ''}: ` : '';
      return cell === ''
        ? []
        : wrapped(`${title}${cell}`, width - 2 * margin.length).map((line) => `${margin}${margin}${line}`);
    }),
  ];
}
