// The meaning of words without quotes, as ruamel.yaml's default loader reads them: by YAML 1.2, with binary numbers and
// with `_` between digits as in 1.1. So `yes` and `1:30` are texts, `017` is seventeen and `1e3` a thousand.
import { NOT_RESOLVED, timestampTag } from 'js-yaml';

const integer = /^[-+]?(?=[_\d])(?:0b[01_]+|0o[0-7_]+|0x[\dA-Fa-f_]+|[\d_]+)$/;
const fraction = /^[-+]?(?:\d[\d_]*\.[\d_]*(?:[eE][-+]?\d+)?|\d[\d_]*[eE][-+]?\d+|\.[\d_]+(?:[eE][-+]\d+)?)$/;
const unbounded = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const nothing: ReadonlySet<string> = new Set(['', '~', 'null', 'Null', 'NULL']);
const truths: ReadonlySet<string> = new Set(['true', 'True', 'TRUE', 'false', 'False', 'FALSE']);

/** The tag of a word without quotes and tag. */
export function plainTag(text: string): ScalarTag {
  if (nothing.has(text)) return 'null';
  if (truths.has(text)) return 'bool';
  if (!/^[-+.\d]/.test(text)) return 'str';
  if (integer.test(text) && wholeNumber(text) !== undefined) return 'int';
  if (unbounded.test(text) || (fraction.test(text) && number(text) !== undefined)) return 'float';
  return timestampTag.resolve(text, false, timestampTag.tagName) === NOT_RESOLVED ? 'str' : 'timestamp';
}

/** The value of a text with a tag. Timestamps and binaries stay text. Undefined when the text does not fit the tag. */
export function scalarValue(tag: ScalarTag, text: string): string | number | bigint | boolean | null | undefined {
  switch (tag) {
    case 'null':
      return null;
    case 'bool':
      if (/^(?:yes|y|true|on)$/i.test(text)) return true;
      return /^(?:no|n|false|off)$/i.test(text) ? false : undefined;
    case 'int':
      return wholeNumber(text);
    case 'float':
      return number(text);
    case 'timestamp':
      return timestampTag.resolve(text, true, timestampTag.tagName) === NOT_RESOLVED ? undefined : text;
    default:
      return text;
  }
}

/** A number, or a bigint when a number would not be exact. */
function wholeNumber(text: string): number | bigint | undefined {
  const digits = text.replaceAll('_', '').replace(/^[-+]/, '');
  if (!/^(?:0b[01]+|0o[0-7]+|0x[\dA-Fa-f]+|\d+)$/.test(digits)) return undefined;
  const value = text.startsWith('-') ? -BigInt(digits) : BigInt(digits);
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}

function number(text: string): number | undefined {
  const plain = text.replaceAll('_', '').toLowerCase();
  if (/^\+?\.inf$/.test(plain)) return Infinity;
  if (plain === '-.inf') return -Infinity;
  if (plain === '.nan') return Number.NaN;
  return /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/.test(plain) ? Number(plain) : undefined;
}

/** The standard tags of plain data. All other tags are refused. */
export type ScalarTag = 'str' | 'bool' | 'int' | 'float' | 'null' | 'timestamp' | 'binary';

/** A YAML value as it was written. Numbers keep their digits, so that a value can be written again without loss. */
export type YamlNode =
  | { readonly kind: 'scalar'; readonly tag: ScalarTag; readonly text: string }
  | { readonly kind: 'seq'; readonly tuple: boolean; readonly items: readonly YamlNode[] }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [YamlNode, YamlNode])[] };

/** Says what is wrong, with line and column counted from 1. It never quotes the text, which may be a password. */
export class YamlError extends Error {
  override readonly name = 'YamlError';

  constructor(what: string, place?: { readonly line: number; readonly column: number }) {
    super(place === undefined ? what : `line ${place.line}, column ${place.column}: ${what}`);
  }
}
