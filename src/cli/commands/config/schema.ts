import { MigratorError } from '../../../errors.ts';
import { manifestJsonSchema } from '../../../package/index.ts';
import { wordHint } from '../../../nearest.ts';
import type { Entry, Invocation } from '../../build-command.ts';
import { configJsonSchema } from '../../config/schema.ts';
import type { Context } from '../../context.ts';
import { planJsonSchema } from '../plan-schema.ts';
import { documentSchemas, type DocumentSchemas } from './document-schema.ts';
import { progressJsonSchema } from './progress-event.ts';

/** The run of `config schema`, given the table of commands whose documents it prints. */
export const runConfigSchema =
  (table: readonly Entry[]) =>
  async ({ args: [name = 'config'] }: Invocation, context: Context) => {
    const documents = await documentSchemas(table);
    const names = ['config', 'manifest', 'progress', 'plan', ...documents.names];
    if (name === 'list') {
      context.result('schema-list', { names }, names.join('\n'));
      return undefined;
    }
    const schema = schemaOf(name, documents);
    if (schema === undefined)
      throw new MigratorError('USAGE', `there is no schema "${name}"`, { hint: wordHint(name, names) });
    context.io.stdout.write(`${JSON.stringify(schema, undefined, 2)}\n`);
    return undefined;
  };

function schemaOf(name: string, documents: DocumentSchemas): object | undefined {
  if (name === 'config') return configJsonSchema();
  if (name === 'manifest') return manifestJsonSchema();
  if (name === 'progress') return progressJsonSchema();
  if (name === 'plan') return planJsonSchema();
  return documents.jsonSchema(name);
}
