import { malformedYaml } from './yaml-node.ts';

const escapes: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  t: '\t',
  '\t': '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\x1b',
  ' ': ' ',
  '"': '"',
  '/': '/',
  '\\': '\\',
  N: '\x85',
  _: '\xa0',
  L: '\u2028',
  P: '\u2029',
};
const lengths: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** What stands between double quotes: escapes, and line breaks folded into spaces. */
export function doubleQuoted(raw: string, line: number): string {
  let text = '';
  for (let at = 0; at < raw.length;) {
    const character = raw.charAt(at);
    if (character === '\\') {
      const [piece, length] = escaped(raw, at, line);
      text += piece;
      at += length;
    } else if (character === '\n' || ((character === ' ' || character === '\t') && /^[ \t]*\n/.test(rest(raw, at)))) {
      const [piece, length] = fold(raw, at);
      text += piece;
      at += length;
    } else {
      text += character;
      at += 1;
    }
  }
  return text;
}

/** Looks no further than the next line break: texts may be long. */
function rest(raw: string, at: number): string {
  const end = raw.indexOf('\n', at);
  return end === -1 ? '' : raw.slice(at, end + 1);
}

export function singleQuoted(raw: string): string {
  return foldLines(raw.replaceAll("''", "'"));
}

/** Lines of one plain or single-quoted text: one break is a space, each further one a break. */
export function foldLines(raw: string): string {
  return raw.replaceAll(/[ \t]*\n[ \t\n]*/g, (breaks) => {
    const count = breaks.split('\n').length - 1;
    return count === 1 ? ' ' : '\n'.repeat(count - 1);
  });
}

function fold(raw: string, from: number): readonly [string, number] {
  const breaks = /^[ \t]*\n[ \t\n]*/.exec(raw.slice(from))?.[0] ?? '';
  return [foldLines(breaks), breaks.length];
}

function escaped(raw: string, at: number, line: number): readonly [string, number] {
  const letter = raw.charAt(at + 1);
  // An escaped break is none, nor is the indentation of the next line text.
  if (letter === '\n') {
    const lead = /^\n(?:[ \t]*\n)*[ \t]*/.exec(raw.slice(at + 1))?.[0] ?? '\n';
    return ['\n'.repeat(lead.split('\n').length - 2), 1 + lead.length];
  }
  const known = escapes[letter];
  if (known !== undefined) return [known, 2];
  const digits = lengths[letter];
  const hex = digits === undefined ? '' : raw.slice(at + 2, at + 2 + digits);
  const code = hex.length === digits && /^[0-9a-fA-F]+$/.test(hex) ? Number.parseInt(hex, 16) : undefined;
  if (code === undefined || code > 0x10ffff) throw malformedYaml(`the escape \\${letter} is not one of YAML`, line);
  return [String.fromCodePoint(code), 2 + hex.length];
}

/** The lines of a `|` or `>` text without their indentation. `keep`, `strip` or `clip` is what becomes of its end. */
export function blockText(lines: readonly string[], folded: boolean, chomp: '' | '+' | '-'): string {
  const body = [...lines];
  let trailing = 0;
  while (body.length > 0 && body.at(-1) === '') {
    body.pop();
    trailing += 1;
  }
  const text = folded ? foldBlock(body) : body.join('\n');
  if (body.length === 0) return chomp === '+' ? '\n'.repeat(trailing) : '';
  return text + (chomp === '-' ? '' : chomp === '+' ? '\n'.repeat(trailing + 1) : '\n');
}

/** Lines that are indented further keep their breaks. */
function foldBlock(lines: readonly string[]): string {
  let text = '';
  let breaks = 0;
  let previous: string | undefined;
  for (const line of lines) {
    if (line === '') {
      breaks += 1;
      continue;
    }
    if (previous === undefined) text += '\n'.repeat(breaks);
    else if (/^[ \t]/.test(line) || /^[ \t]/.test(previous)) text += '\n'.repeat(breaks + 1);
    else text += breaks === 0 ? ' ' : '\n'.repeat(breaks);
    text += line;
    previous = line;
    breaks = 0;
  }
  return text;
}
