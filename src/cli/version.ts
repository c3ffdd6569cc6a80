import { readFileSync } from 'node:fs';

// Read once at the start: the last handler of errors needs it when no file can be opened any more.
const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
const own = (JSON.parse(text) as { version: string }).version;

/** The version in package.json. It is two folders above this file, in the repository and in the installed package. */
export function version(): string {
  return own;
}
