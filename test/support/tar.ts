const block = 512;

/** A tar archive of a folder as Python writes it: the folder, and before each file a header with its time. ASCII only. */
export function tarOf(files: Readonly<Record<string, string>>): string {
  const members = Object.entries(files).flatMap(([name, content]) => [
    member(`././@PaxHeader`, 'x', '27 mtime=1700000000.1234567\n'),
    member(name, '0', content),
  ]);
  return [member('/', '5', ''), ...members, '\0'.repeat(2 * block)].join('');
}

function member(name: string, kind: string, content: string): string {
  const field = (text: string, length: number) => text.padEnd(length, '\0');
  const octal = (value: number, length: number) => `${value.toString(8).padStart(length - 1, '0')}\0`;
  const head = (sum: string) =>
    [
      field(name, 100),
      octal(0o644, 8),
      octal(0, 8),
      octal(0, 8),
      octal(content.length, 12),
      octal(1_700_000_000, 12),
      sum,
      kind,
      field('', 100),
      'ustar\u000000',
      field('', 247),
    ].join('');
  const sum = Buffer.from(head(' '.repeat(8))).reduce((total, byte) => total + byte, 0);
  const header = field(head(`${sum.toString(8).padStart(6, '0')}\0 `), block);
  return header + content.padEnd(Math.ceil(content.length / block) * block, '\0');
}
