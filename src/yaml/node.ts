/** Standard tags that stand for plain data; anything else is refused. */
export type ScalarTag = 'str' | 'bool' | 'int' | 'float' | 'null' | 'timestamp' | 'binary';

/** A YAML value as it is written: numbers keep their digits, so that what is read can be written again without loss. */
export type YamlNode =
  | { readonly kind: 'scalar'; readonly tag: ScalarTag; readonly text: string }
  | { readonly kind: 'seq'; readonly tuple: boolean; readonly items: readonly YamlNode[] }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [YamlNode, YamlNode])[] };

/** Says where and what, both counted from 1, and never quotes the text: it may be a password. */
export class YamlError extends Error {
  override readonly name = 'YamlError';

  constructor(what: string, place?: { readonly line: number; readonly column: number }) {
    super(place === undefined ? what : `line ${place.line}, column ${place.column}: ${what}`);
  }
}
