import { nearest } from '../../../nearest.ts';
import { itemMembers } from '../../../core/waves/plan-file.ts';
import type { Fault } from '../../../core/waves/plan.ts';
import { scalar, type ListNode, type Member, type PlanNode } from '../../../core/waves/plan-node.ts';
import type { ReadNode } from './plan-yaml.ts';

interface Row {
  readonly line: number;
  readonly cells: readonly string[];
}

/** The columns with a meaning of their own. Every other one is a flag of `migrate-project`. */
const columns: readonly string[] = ['wave', ...itemMembers.filter((name) => name !== 'options')];
const separators = [',', ';', '\t'] as const;

/**
 * Reads a table as spreadsheets write it: with commas, semicolons or tabs, quotes, any line ends. One row is one item; the
 * first row names the columns. `|` stands between the ids in `needs`, and between the values of a flag that takes several.
 * A column whose name begins with `#` is for people.
 */
export function readCsv(text: string, flags: readonly string[]): ReadNode {
  const separator = separatorOf(text);
  const { rows, faults } = rowsOf(text, separator);
  const [head, ...body] = rows;
  if (head === undefined) return { root: undefined, faults: [{ line: 1, message: 'the file is empty' }] };
  const names = head.cells.map((cell) => cell.trim());
  const all = [...faults, ...headFaults(names, head.line, flags)];
  const waves = new Map<string, PlanNode[]>();
  const lines = new Map<string, number>();
  for (const row of body) {
    if (row.cells.length !== names.length) {
      const message = `the row has ${String(row.cells.length)} cells, and the first row ${String(names.length)}`;
      all.push({ line: row.line, message, hint: 'put a cell that holds the separator in quotes' });
      continue;
    }
    const cell = (name: string) => row.cells[names.indexOf(name)]?.trim() ?? '';
    const wave = cell('wave') === '' ? 'all' : cell('wave');
    if (!lines.has(wave)) lines.set(wave, row.line);
    waves.set(wave, [...(waves.get(wave) ?? []), itemOf(row, names)]);
  }
  const list = [...waves].map(([name, items]): PlanNode => {
    const line = lines.get(name) ?? 1;
    return map(line, [
      ['name', scalar(name, line)],
      ['items', { kind: 'list', line, items }],
    ]);
  });
  return { root: map(1, [['waves', { kind: 'list', line: 1, items: list } satisfies ListNode]]), faults: all };
}

function map(line: number, members: readonly (readonly [string, PlanNode])[]): PlanNode {
  return { kind: 'map', line, members: members.map(([name, value]): Member => ({ name, line, value })) };
}

function itemOf({ line, cells }: Row, names: readonly string[]): PlanNode {
  const filled = names.flatMap((name, index) => {
    const value = cells[index]?.trim() ?? '';
    return value === '' || name.startsWith('#') || name === '' || name === 'wave' ? [] : [[name, value] as const];
  });
  const own = filled.filter(([name]) => columns.includes(name));
  const flags = filled.filter(([name]) => !columns.includes(name));
  return map(line, [
    ...own.map(([name, value]) => [name, name === 'needs' ? listOf(value, line) : scalar(value, line)] as const),
    [
      'options',
      map(
        line,
        flags.map(([name, value]) => [name, valueOf(value, line)] as const),
      ),
    ],
  ]);
}

const listOf = (value: string, line: number): PlanNode => ({
  kind: 'list',
  line,
  items: value
    .split('|')
    .map((one) => one.trim())
    .filter((one) => one !== '')
    .map((one) => scalar(one, line)),
});

function valueOf(value: string, line: number): PlanNode {
  // Spreadsheets write switches in capitals.
  if (/^(true|false)$/iu.test(value)) return scalar(value.toLowerCase() === 'true', line);
  return value.includes('|') ? listOf(value, line) : scalar(value, line);
}

function headFaults(names: readonly string[], line: number, flags: readonly string[]): readonly Fault[] {
  const twice = names.filter((name, index) => name !== '' && names.indexOf(name) < index);
  const known = [...columns, ...flags];
  return [
    ...(names.includes('project')
      ? []
      : [
          {
            line,
            message: 'no column is named "project"',
            hint: `the first row names the columns: ${columns.join(', ')}`,
          },
        ]),
    ...[...new Set(twice)].map((name) => ({ line, message: `two columns are named "${name}"`, hint: 'rename one' })),
    ...names
      .filter((name) => name !== '' && !name.startsWith('#') && !known.includes(name))
      .map((name) => {
        const near = nearest(name, known);
        const hint = near === undefined ? 'write # in front of a column for people' : `did you mean "${near}"?`;
        return { line, message: `"${name}" is neither a column of a plan nor a flag of migrate-project`, hint };
      }),
  ];
}

/** The separator that is there most often in the first line, outside of quotes. */
function separatorOf(text: string): string {
  const [line = ''] = text.split(/\r\n|\n|\r/u);
  const bare = line.replace(/"[^"]*"/gu, '');
  const counts = separators.map((one) => bare.split(one).length);
  return separators[counts.indexOf(Math.max(...counts))] ?? ',';
}

/** RFC 4180, with any line end. Rows without a filled cell are left out. */
function rowsOf(text: string, separator: string): { readonly rows: readonly Row[]; readonly faults: readonly Fault[] } {
  const rows: Row[] = [];
  const faults: Fault[] = [];
  let line = 1;
  let start = 1;
  let cells: string[] = [];
  let at = 0;
  const endRow = () => {
    if (cells.some((cell) => cell.trim() !== '')) rows.push({ line: start, cells });
    cells = [];
  };
  while (at < text.length) {
    if (cells.length === 0) start = line;
    let cell = '';
    if (text[at] === '"') {
      const end = closingQuote(text, at + 1);
      if (end === undefined) {
        faults.push({
          line,
          message: 'a quote is not closed',
          hint: 'close it; a quote inside of a cell is written ""',
        });
        return { rows, faults };
      }
      cell = text.slice(at + 1, end).replaceAll('""', '"');
      line += cell.split(/\r\n|\n|\r/u).length - 1;
      at = end + 1;
    }
    const rest = restOf(text, at, separator);
    if (cell !== '' && rest.trim() !== '')
      faults.push({
        line,
        message: 'there is text after the closing quote of a cell',
        hint: 'put the whole cell in quotes',
      });
    cells.push(cell === '' ? rest : cell);
    at += rest.length;
    if (text.startsWith(separator, at)) {
      at += 1;
      // The last cell of the file may be empty.
      if (at === text.length) cells.push('');
      continue;
    }
    endRow();
    at += text.startsWith('\r\n', at) ? 2 : 1;
    line += 1;
  }
  if (cells.length > 0) endRow();
  return { rows, faults };
}

function closingQuote(text: string, from: number): number | undefined {
  for (let at = from; at < text.length; at += 1) {
    if (text[at] !== '"') continue;
    if (text[at + 1] !== '"') return at;
    at += 1;
  }
  return undefined;
}

function restOf(text: string, from: number, separator: string): string {
  let at = from;
  while (at < text.length && !text.startsWith(separator, at) && text[at] !== '\n' && text[at] !== '\r') at += 1;
  return text.slice(from, at);
}
