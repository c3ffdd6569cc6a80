import { MigratorError } from '../../errors.ts';
import { wordHint } from '../../nearest.ts';
import type { Options } from '../../ports/options.ts';
import { textOf, wrongOption } from '../shared/option-values.ts';
import type { Way } from './connection.ts';
import { inOrder, isType, types, type Type } from './model/types-and-relations.ts';

export function wayOf(options: Options, usual: Way): Way {
  const value = textOf(options, 'via') ?? usual;
  if (value !== 'web' && value !== 'rest') throw wrongOption('via', 'web or rest');
  return value;
}

/** The named types, in the server's order; undefined when none is named. USAGE names the words that are no types. */
export function typesOf(options: Options, name = 'type'): readonly Type[] | undefined {
  const value = options[name];
  if (value === undefined) return undefined;
  const list = typeof value === 'string' ? [value] : value;
  if (typeof list !== 'object') throw wrongOption(name, 'a list of types');
  const foreign = list.filter((type) => !isType(type));
  if (foreign.length > 0) {
    throw new MigratorError('USAGE', `eNMS migrates no type ${foreign.join(', ')}`, {
      hint: wordHint(foreign.join(', '), types),
    });
  }
  return list.length === 0 ? undefined : inOrder(list.filter((type) => isType(type)));
}
