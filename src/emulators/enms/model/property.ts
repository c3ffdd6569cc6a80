/** What a column holds. `dict` and `list` are stored as they are; the others are scalars. */
type ValueType = 'str' | 'int' | 'float' | 'bool' | 'dict' | 'list';

export interface Property {
  readonly type: ValueType;
  /** Null: unset, and left out of exports. */
  readonly default: unknown;
}

export type Properties = Readonly<Record<string, Property>>;

function typeOf(value: unknown): ValueType {
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return 'int';
  return typeof value === 'object' ? 'dict' : 'str';
}

/** Properties from their defaults; whole numbers are ints. */
export const withDefaults = (defaults: Readonly<Record<string, unknown>>): Properties =>
  Object.fromEntries(
    Object.entries(defaults).map(([name, value]): [string, Property] => [
      name,
      { type: typeOf(value), default: value },
    ]),
  );

/** Text that is empty at first. */
export const texts = (...names: readonly string[]): Properties =>
  withDefaults(Object.fromEntries(names.map((name) => [name, ''])));

/** Columns that are null at first. */
export const unset = (type: ValueType, ...names: readonly string[]): Properties =>
  Object.fromEntries(names.map((name): [string, Property] => [name, { type, default: null }]));

export const floats = (defaults: Readonly<Record<string, number>>): Properties =>
  Object.fromEntries(
    Object.entries(defaults).map(([name, value]): [string, Property] => [name, { type: 'float', default: value }]),
  );
