import stringWidth from 'fast-string-width';

/** The narrowest terminal that all texts fit into. */
const usualColumns = 80;

/**
 * Cuts a text into lines at its spaces. All lines but the first begin with `indent` spaces, and the first one has as
 * much room as they. A word that is too long for a line stays whole: it may be a path.
 */
export function wrapped(text: string, indent: number, columns = usualColumns): string {
  const room = columns - indent;
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && stringWidth(longer) > room) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return [...lines, line].join(`\n${' '.repeat(indent)}`);
}
