import type { Property } from './model/property.ts';

const className = (value: unknown): string => {
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'string') return 'str';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  return 'dict';
};

const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);

function number(name: string, value: unknown): number {
  if (typeof value === 'boolean') return value ? 1 : 0;
  const read = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof read === 'number' && Number.isFinite(read)) return read;
  throw new TypeError(`(builtins.ValueError) could not convert ${className(value)} to a number: '${name}'`);
}

/** Converts a value to the type of its column. Fails, as the database layer does, when that is impossible. */
export function coerce(name: string, { type }: Property, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  switch (type) {
    case 'dict':
    case 'list':
      if (type === 'list' ? Array.isArray(value) : isObject(value)) return value;
      throw new TypeError(`Attribute '${name}' does not accept objects of type <class '${className(value)}'>`);
    case 'bool':
      if (typeof value === 'boolean') return value;
      if (value === 0 || value === 1) return value === 1;
      throw new TypeError(`(builtins.TypeError) Not a boolean value: '${name}'`);
    case 'int':
      return Math.trunc(number(name, value));
    case 'float':
      return number(name, value);
    case 'str':
      if (typeof value === 'string') return value;
      if (typeof value === 'number') return String(value);
      if (typeof value === 'boolean') return value ? '1' : '0';
      throw new TypeError(
        `(sqlite3.InterfaceError) Error binding parameter '${name}' - probably unsupported type <class '${className(value)}'>`,
      );
  }
}
