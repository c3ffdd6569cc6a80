import { readFileSync } from 'node:fs';

// Read once at the start: the last handler of errors needs it when no file can be opened any more.
const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
const own = JSON.parse(text) as { readonly name: string; readonly version: string };

/** The version in package.json. It is two folders above this file, in the repository and in the installed package. */
export function version(): string {
  return own.version;
}

/** The name of the npm package, which is not the name of the command. */
export function packageName(): string {
  return own.name;
}
