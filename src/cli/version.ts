import { readFileSync } from 'node:fs';

/** The version in package.json. It is two folders above this file, in the repository and in the installed package. */
export function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
