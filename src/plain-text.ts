/** C0 and C1 controls, bidirectional overrides and isolates, and separators that some terminals show as line breaks. */
const controls = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

const shown: Readonly<Record<string, string>> = { '\t': ' ', '\n': '\u23ce ', '\r': '' };

/**
 * Text from a server or a package as one line. Control characters are written as `\x1b`, so that the text cannot move
 * the cursor, change colours or reverse the reading order of the user's terminal.
 */
export function plainText(text: string): string {
  return text.replace(/\r\n/g, '\n').replace(controls, (character) => shown[character] ?? escaped(character));
}

/** The same for text of several lines. Line breaks are kept. */
export function plainLines(text: string): string {
  return text
    .split(/\r?\n/)
    .map((line) => plainText(line))
    .join('\n');
}

function escaped(character: string): string {
  const code = character.charCodeAt(0).toString(16);
  return code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u${code.padStart(4, '0')}`;
}
