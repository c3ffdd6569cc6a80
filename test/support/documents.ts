import type { z } from 'zod';
import { documentSchemas } from '../../src/cli/commands/config/document-schema.ts';
import { commands } from '../../src/cli/commands/index.ts';

/** Every document that a command prints under `--json`. */
export const documents = await documentSchemas(commands);

/** The schema of a document that must exist. */
export function documentSchema(name: string): z.ZodType {
  const schema = documents.schema(name);
  if (schema === undefined) throw new Error(`there is no document "${name}"`);
  return schema;
}
