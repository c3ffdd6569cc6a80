import { malformed } from '../refusal.ts';

const begin = '-----BEGIN AGE ENCRYPTED FILE-----';
const end = '-----END AGE ENCRYPTED FILE-----';
const columns = 64;

export function isArmored(bytes: Uint8Array): boolean {
  return Buffer.from(bytes).toString('latin1').trimStart().startsWith('-----BEGIN');
}

/**
 * Reads age's ASCII armor (strict PEM): LF or CR LF, lines of 64 characters, canonical padding, white space around it.
 */
export function decodeArmor(bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(bytes).toString('latin1');
  if (!/^[\t\n\r ]*-----/.test(text)) throw fault();
  const lines = text
    .replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, '')
    .split('\n')
    .map((line) => line.replace(/\r$/, ''));
  const body = lines.slice(1, -1);
  if (lines.length < 2 || lines[0] !== begin || lines.at(-1) !== end) throw fault();
  const last = body.at(-1);
  if (last === undefined) return new Uint8Array(0);
  const areFull = body.slice(0, -1).every((line) => line.length === columns);
  if (!areFull || last.length === 0 || last.length > columns) throw fault();
  const joined = body.join('');
  const decoded = Buffer.from(joined, 'base64');
  if (decoded.toString('base64') !== joined) throw fault();
  return decoded;
}

/** Writes the same armor, with LF. */
export function encodeArmor(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString('base64');
  const lines = text.match(new RegExp(`.{1,${columns}}`, 'gu')) ?? [];
  return [begin, ...lines, end, ''].join('\n');
}

function fault(): Error {
  return malformed('age header', 'the ASCII armor of the age file is damaged');
}
