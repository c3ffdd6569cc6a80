/** The type of a column. `dict` and `list` are stored as JSON; all others are scalars. */
type ValueType = 'str' | 'int' | 'float' | 'bool' | 'dict' | 'list';

export interface Property {
  readonly type: ValueType;
  /** Null means that it is not set; exports leave it out. */
  readonly default: unknown;
}

export type Properties = Readonly<Record<string, Property>>;

function typeOf(value: unknown): ValueType {
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return 'int';
  return typeof value === 'object' ? 'dict' : 'str';
}

/** Makes properties from their defaults. Whole numbers are of type int. */
export const withDefaults = (defaults: Readonly<Record<string, unknown>>): Properties =>
  Object.fromEntries(
    Object.entries(defaults).map(([name, value]): [string, Property] => [
      name,
      { type: typeOf(value), default: value },
    ]),
  );

/** Texts that are empty by default. */
export const texts = (...names: readonly string[]): Properties =>
  withDefaults(Object.fromEntries(names.map((name) => [name, ''])));

/** Columns that are null by default. */
export const unset = (type: ValueType, ...names: readonly string[]): Properties =>
  Object.fromEntries(names.map((name): [string, Property] => [name, { type, default: null }]));

export const floats = (defaults: Readonly<Record<string, number>>): Properties =>
  Object.fromEntries(
    Object.entries(defaults).map(([name, value]): [string, Property] => [name, { type: 'float', default: value }]),
  );
