import { configJsonSchema } from '../config/schema.ts';
import { MigratorError } from '../../errors.ts';
import { manifestJsonSchema } from '../../package/index.ts';
import type { Context } from '../context.ts';
import { documentJsonSchema, documentNames } from '../documents/index.ts';
import { progressJsonSchema } from '../documents/progress.ts';

export function runConfigSchema(name: string, context: Context): Promise<undefined> {
  const names = ['config', 'manifest', 'progress', ...documentNames];
  if (name === 'list') {
    context.result('schema-list', { names }, names.join('\n'));
    return Promise.resolve(undefined);
  }
  context.io.stdout.write(`${JSON.stringify(schemaOf(name, names), undefined, 2)}\n`);
  return Promise.resolve(undefined);
}

function schemaOf(name: string, names: readonly string[]): object {
  if (name === 'config') return configJsonSchema();
  if (name === 'manifest') return manifestJsonSchema();
  if (name === 'progress') return progressJsonSchema();
  const schema = documentJsonSchema(name);
  if (schema !== undefined) return schema;
  throw new MigratorError('USAGE', `there is no schema "${name}"`, { hint: `there are: ${names.join(', ')}` });
}
