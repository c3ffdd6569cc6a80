import stringWidth from 'string-width';

/** One text out of lines, leaving out what is not there. */
export function lines(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join('\n');
}

/** Columns as wide as their widest cell on a terminal; the last one is not padded. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => stringWidth(row[column] ?? ''))));
  const cellOf = (cell: string, column: number) => `${cell}${' '.repeat((widths[column] ?? 0) - stringWidth(cell))}`;
  return all
    .map((row) => row.map((cell, column) => (column === row.length - 1 ? cell : cellOf(cell, column))).join('  '))
    .join('\n');
}
