/**
 * Characters, for text that need not stand below other text. The library that knows wide ones is slow to load. A colour
 * has no width.
 */
const characters = (text: string): number => Array.from(text.replace(/\u001b\[[0-9;]*m/gu, '')).length;

/** The text in lines of at most this width, folded between words. A word that is wider has a line of its own. */
export function folded(text: string, width: number, measure = characters): readonly string[] {
  if (measure(text) <= width) return [text];
  const result: string[] = [];
  let line: string | undefined;
  for (const word of text.split(' ')) {
    if (line === undefined) line = word;
    else if (measure(line) + 1 + measure(word) <= width) line += ` ${word}`;
    else {
      result.push(line);
      line = word;
    }
  }
  return [...result, line ?? ''];
}

/**
 * A line of a story in lines that fit. Those after the first are indented, and a command at its end gets a line of its own,
 * so that it can be copied.
 */
export function foldedLine(line: string, columns: number): readonly string[] {
  if (characters(line) <= columns) return [line];
  const [, told, command] = /^(.*?:) (migrator [a-z].*)$/u.exec(line) ?? [];
  const [indent = ''] = /^ */u.exec(line) ?? [];
  const parts = folded((told ?? line).trimStart(), Math.max(10, columns - indent.length - 2));
  const shown = parts.map((part, at) => `${indent}${at === 0 ? '' : '  '}${part}`);
  return command === undefined ? shown : [...shown, `${indent}  ${command}`];
}
