import { MigratorError } from '../../errors.ts';

/** Standard tags that stand for plain data; anything else in a file of the server's is refused. */
export type ScalarTag = 'str' | 'bool' | 'int' | 'float' | 'null' | 'timestamp' | 'binary';

/** A YAML value as it is written: numbers keep their digits, so that what is read can be written again without loss. */
export type YamlNode =
  | { readonly kind: 'scalar'; readonly tag: ScalarTag; readonly text: string }
  | { readonly kind: 'seq'; readonly tuple: boolean; readonly items: readonly YamlNode[] }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [YamlNode, YamlNode])[] };

export type YamlValue = string | number | boolean | null | readonly YamlValue[] | { readonly [key: string]: YamlValue };

/** More values than this in one document come from a document that refers to itself again and again. */
const mostValues = 20_000_000;

/** Plain data: tuples are lists, timestamps and binaries stay text, integers too long for a number too. */
export function valueOf(node: YamlNode, budget = { left: mostValues }): YamlValue {
  budget.left -= 1;
  if (budget.left < 0) throw malformedYaml('it repeats itself into more values than any server holds', undefined);
  switch (node.kind) {
    case 'scalar':
      return scalarValue(node.tag, node.text);
    case 'seq':
      return node.items.map((item) => valueOf(item, budget));
    case 'map':
      // An own property also for the key `__proto__`.
      return Object.fromEntries(node.entries.map(([key, value]) => [keyText(key), valueOf(value, budget)]));
  }
}

export function keyText(key: YamlNode): string {
  if (key.kind === 'scalar') return key.text;
  throw malformedYaml('a key is a list or a map', undefined);
}

/** How the server's own loader (YAML 1.1) reads a word that is neither quoted nor tagged. */
export function plainTag(text: string): ScalarTag {
  if (/^(|~|null|Null|NULL)$/.test(text)) return 'null';
  if (/^(yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/.test(text)) return 'bool';
  if (/^[-+]?(0b[01_]+|0x[0-9a-fA-F_]+|0|[1-9][0-9_]*|0[0-7_]+)$/.test(text)) return 'int';
  if (/^([-+]?([0-9][0-9_]*)\.[0-9_]*([eE][-+][0-9]+)?|[-+]?\.[0-9][0-9_]*([eE][-+][0-9]+)?)$/.test(text))
    return 'float';
  if (/^([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$/.test(text)) return 'float';
  return /^\d{4}-\d\d?-\d\d?([Tt ][\d:.]+.*)?$/.test(text) ? 'timestamp' : 'str';
}

function scalarValue(tag: ScalarTag, text: string): YamlValue {
  switch (tag) {
    case 'null':
      return null;
    case 'bool':
      return boolOf(text);
    case 'int':
      return intOf(text);
    case 'float':
      return floatOf(text);
    default:
      return text;
  }
}

function boolOf(text: string): boolean {
  if (/^(yes|true|on)$/i.test(text)) return true;
  if (/^(no|false|off)$/i.test(text)) return false;
  throw malformedYaml(`"${text}" is neither true nor false`, undefined);
}

function intOf(text: string): number | string {
  const digits = text.replaceAll('_', '');
  const sign = digits.startsWith('-') ? -1 : 1;
  const bare = digits.replace(/^[-+]/, '');
  if (!/^(0b[01]+|0x[0-9a-fA-F]+|\d+)$/.test(bare)) throw malformedYaml(`"${text}" is not an integer`, undefined);
  const value = sign * Number(/^0[0-7]+$/.test(bare) ? `0o${bare.slice(1)}` : bare);
  return Number.isSafeInteger(value) ? value : text;
}

function floatOf(text: string): number | string {
  const plain = text.replaceAll('_', '').toLowerCase();
  // Plain data has no way to say these.
  if (/^[-+]?\.inf$|^\.nan$/.test(plain)) return text;
  const value = Number(plain);
  if (plain === '' || Number.isNaN(value)) throw malformedYaml(`"${text}" is not a number`, undefined);
  return value;
}

export function malformedYaml(what: string, line: number | undefined): MigratorError {
  const place = line === undefined ? '' : `line ${line}: `;
  return new MigratorError('PACKAGE_MALFORMED', `${place}${what}`);
}
