import { z } from 'zod';
import { MigratorError } from '../../errors.ts';
import type { Connection } from '../../ports/adapter.ts';

/**
 * Reads the settings of an instance by a schema. CONFIG_INVALID says what is wrong; `hint` names the settings that
 * exist.
 */
export function readSettings<Schema extends z.ZodType>(
  schema: Schema,
  { name, settings }: Connection,
  hint: string,
): z.infer<Schema> {
  const read = schema.safeParse(settings);
  if (read.success) return read.data;
  const faults = z.prettifyError(read.error).replaceAll('✖ ', '').replaceAll('\n', ' ');
  throw new MigratorError('CONFIG_INVALID', `the settings of instance ${name} are wrong: ${faults}`, { hint });
}
