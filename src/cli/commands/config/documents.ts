import { z } from 'zod';

/** What `config` prints under `--json`, without the `document` field. Fields are only ever added. */
export const documents = {
  'config-show': {
    file: z.string().nullable(),
    values: z.array(
      z.strictObject({ path: z.string(), value: z.union([z.string(), z.number(), z.boolean()]), origin: z.string() }),
    ),
  },
  'config-check': { file: z.string().nullable(), instances: z.array(z.string()), warnings: z.array(z.string()) },
  'schema-list': { names: z.array(z.string()) },
};
