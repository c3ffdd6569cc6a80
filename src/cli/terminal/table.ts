import stringWidth from 'fast-string-width';
import { folded } from './folded.ts';

/** Joins lines to one text. Undefined parts are left out. */
export function lines(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join('\n');
}

const gap = '  ';
/** A column with text of several words is not made narrower than this. */
const narrowest = 12;

/**
 * A table for the terminal, at most `columns` wide. Each column is as wide as its widest cell; the last one is not padded.
 * What is too wide is folded between words, and where that does not help, each row becomes a list with the first cell above
 * the others. A word is never broken: somebody may want to copy it.
 */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  columns: number = Number.POSITIVE_INFINITY,
): string {
  const all = [head, ...rows];
  const natural = head.map((_, column) => Math.max(...all.map((row) => stringWidth(row[column] ?? ''))));
  const widths = narrowed(natural, all, columns);
  if (widths === undefined) return rows.map((row) => listed(head, row, columns)).join('\n');
  return all.flatMap((row) => foldedRow(row, widths)).join('\n');
}

/** The widths of the columns, when they fit. Undefined when no folding between words makes them fit. */
function narrowed(
  natural: readonly number[],
  rows: readonly (readonly string[])[],
  columns: number,
): readonly number[] | undefined {
  const least = natural.map((width, column) => {
    const words = rows.flatMap((row) => (row[column] ?? '').split(' ').map((word) => stringWidth(word)));
    return Math.min(width, Math.max(narrowest, ...words));
  });
  const widths = [...natural];
  let excess = sum(widths) + gap.length * (widths.length - 1) - columns;
  while (excess > 0) {
    // The column that has most to give gives first.
    const spare = widths.map((width, column) => width - (least[column] ?? 0));
    const widest = spare.indexOf(Math.max(...spare));
    const given = Math.min(excess, spare[widest] ?? 0);
    if (given <= 0) return undefined;
    widths[widest] = (widths[widest] ?? 0) - given;
    excess -= given;
  }
  return widths;
}

function foldedRow(row: readonly string[], widths: readonly number[]): readonly string[] {
  const cells = row.map((cell, column) => folded(cell, widths[column] ?? 0, stringWidth));
  const height = Math.max(...cells.map((cell) => cell.length));
  return Array.from({ length: height }, (_, at) => {
    const parts = cells.map((cell, column) => {
      const text = cell[at] ?? '';
      return column === row.length - 1 ? text : padded(text, widths[column] ?? 0);
    });
    const line = parts.join(gap);
    return at === 0 ? line : line.trimEnd();
  });
}

function listed(head: readonly string[], [first = '', ...others]: readonly string[], columns: number): string {
  const named = others.flatMap((cell, column) =>
    cell === '' ? [] : folded(`${head[column + 1] ?? ''}: ${cell}`, columns - gap.length, stringWidth),
  );
  return [...folded(first, columns, stringWidth), ...named.map((line) => `${gap}${line}`)].join('\n');
}

function padded(text: string, width: number): string {
  return `${text}${' '.repeat(Math.max(0, width - stringWidth(text)))}`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
