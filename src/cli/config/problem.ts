/** One thing that is wrong in an rc file. */
export interface ConfigProblem {
  /** `instances.lab.url`, `keys.identities[0]`. */
  readonly path: string;
  /** The problem, without the value, which may be a secret. */
  readonly message: string;
  /** The message is a sentence of its own, and not one about the path. */
  readonly apart?: boolean;
  /** What leads out of this one. */
  readonly hint?: string | undefined;
  readonly suggestion?: string | undefined;
  /** Where the file has that key, as far as it is found. */
  readonly line?: number | undefined;
}

/** What a value is, in words for people. */
export function kindOf(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  const tag = Object.prototype.toString.call(value).slice('[object '.length, -1);
  const words: Readonly<Record<string, string>> = {
    String: 'text',
    Number: 'a number',
    Boolean: 'true or false',
    Object: 'a group of keys',
    Date: 'a date (put it in quotes)',
    Uint8Array: 'binary data',
    Function: 'a function',
    Promise: 'a promise',
    Undefined: 'nothing',
  };
  return words[tag] ?? `a ${tag}`;
}
