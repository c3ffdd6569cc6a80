import { z } from 'zod';
import type { Entry } from '../../build-command.ts';
import { errorBody } from '../document-parts.ts';
import { reportBody } from '../report-document.ts';

type Bodies = Readonly<Record<string, z.core.$ZodLooseShape>>;

/** The documents that the commands of a table print under `--json`, by name. */
export class DocumentSchemas {
  readonly #bodies: ReadonlyMap<string, z.core.$ZodLooseShape>;

  constructor(bodies: Bodies) {
    this.#bodies = new Map(Object.entries(bodies));
  }

  get names(): readonly string[] {
    return [...this.#bodies.keys()];
  }

  /** Undefined when there is no such document. */
  schema(name: string): z.ZodType | undefined {
    const body = this.#bodies.get(name);
    return body && z.strictObject({ document: z.literal(`migrator/${name}/1`), ...body });
  }

  /** JSON Schema (draft 2020-12); undefined when there is no such document. */
  jsonSchema(name: string): object | undefined {
    const schema = this.schema(name);
    return schema && z.toJSONSchema(schema);
  }
}

/** Loads the documents of every command, and adds the error and the report, which several commands print or write. */
export async function documentSchemas(table: readonly Entry[]): Promise<DocumentSchemas> {
  return new DocumentSchemas({ ...(await bodiesOf(table)), error: errorBody, report: reportBody });
}

async function bodiesOf(table: readonly Entry[]): Promise<Bodies> {
  const all = await Promise.all(
    table.map(async ({ documents, commands = [] }) => ({ ...(await documents?.()), ...(await bodiesOf(commands)) })),
  );
  return Object.assign({}, ...all) as Bodies;
}
