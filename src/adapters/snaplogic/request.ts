import { MigratorError } from '../../errors.ts';
import type { Options } from '../../ports/adapter.ts';

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

export function listOf(options: Options, name: string): readonly string[] {
  const value = options[name] ?? [];
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object') throw wrong(name, 'a list of texts');
  return value;
}

function wrong(name: string, expected: string): MigratorError {
  return new MigratorError('USAGE', `the option ${name} must be ${expected}`);
}
