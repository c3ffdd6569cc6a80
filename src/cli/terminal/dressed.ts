import { foldedLine } from './folded.ts';

/** What a terminal can show. */
export interface Look {
  readonly columns: number;
  readonly color: boolean;
  readonly unicode: boolean;
}

const red = '31';
const yellow = '33';

/** The beginnings of lines that tell of a failure or a warning. */
const begins = /^(?:migrator: )?(error|warning):/u;

/** Words of tables for what did not arrive. */
const failures = /(?<=^| {2})(?:failed|not-seen|not seen)(?=$| {2})/gu;

/**
 * Text of several lines for a terminal: failures and warnings have a sign and a colour, and what is wider than the terminal
 * is folded.
 */
export function dressed(text: string, look: Look): string {
  return text
    .split('\n')
    .map((line) => dressedLine(line, look))
    .join('\n');
}

function dressedLine(line: string, { columns, color, unicode }: Look): string {
  const paint = (words: string, code: string): string => (color ? `\u001b[${code}m${words}\u001b[39m` : words);
  const [begin = '', kind] = begins.exec(line) ?? [];
  if (kind === undefined) {
    return foldedLine(line, columns)
      .map((part) => part.replace(failures, (word) => paint(word, red)))
      .join('\n');
  }
  const [good, plain, code] = kind === 'error' ? ['✖', 'x', red] : ['⚠', '!', yellow];
  const sign = unicode ? good : plain;
  const text = foldedLine(`${sign} ${line}`, columns).join('\n');
  const end = sign.length + 1 + begin.length;
  return `${paint(text.slice(0, end), code)}${text.slice(end)}`;
}
