const head = /^(?:result|action) +kind +name$/u;
const row = /^\S+ {2,}\S+ {2,}\S/u;

/** `text` with the first `most` rows of each table of things, and how many more there are. The counts below stay. */
export function folded(text: string, most = 3): string {
  const shown: string[] = [];
  let rows: string[] | undefined;
  const endOfTable = () => {
    const all = rows ?? [];
    // One row less is shown than a line about it would take.
    const kept = all.length <= most + 1 ? all : [...all.slice(0, most), `… and ${all.length - most} more`];
    shown.push(...kept);
    rows = undefined;
  };
  for (const line of text.split('\n')) {
    if (rows !== undefined && row.test(line)) {
      rows.push(line);
      continue;
    }
    endOfTable();
    shown.push(line);
    if (head.test(line)) rows = [];
  }
  endOfTable();
  return shown.join('\n');
}
