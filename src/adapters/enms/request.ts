import { MigratorError } from '../../errors.ts';
import type { Options } from '../../ports/adapter.ts';
import type { Way } from './connection.ts';
import { inOrder, isType, types, type Type } from './model.ts';

export function flagOf(options: Options, name: string): boolean {
  const value = options[name] ?? false;
  if (typeof value !== 'boolean') throw wrong(name, 'true or false');
  return value;
}

export function textOf(options: Options, name: string): string | undefined {
  const value = options[name];
  if (value !== undefined && typeof value !== 'string') throw wrong(name, 'text');
  return value;
}

/** Texts that `prepare` settled. */
export function listOf(options: Options, name: string): readonly string[] {
  const value = options[name];
  return typeof value === 'object' ? value : [];
}

export function wayOf(options: Options, usual: Way): Way {
  const value = textOf(options, 'via') ?? usual;
  if (value !== 'web' && value !== 'rest') throw wrong('via', 'web or rest');
  return value;
}

/** In the server's order; undefined when none is named. USAGE names what is no type. */
export function typesOf(options: Options, name = 'type'): readonly Type[] | undefined {
  const value = options[name];
  if (value === undefined) return undefined;
  const list = typeof value === 'string' ? [value] : value;
  if (typeof list !== 'object') throw wrong(name, 'a list of types');
  const foreign = list.filter((type) => !isType(type));
  if (foreign.length > 0) {
    throw new MigratorError('USAGE', `eNMS migrates no type ${foreign.join(', ')}`, {
      hint: `it knows ${types.join(', ')}`,
    });
  }
  return list.length === 0 ? undefined : inOrder(list.filter((type) => isType(type)));
}

function wrong(name: string, expected: string): MigratorError {
  return new MigratorError('USAGE', `the option ${name} must be ${expected}`);
}
