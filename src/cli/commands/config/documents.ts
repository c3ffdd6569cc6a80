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
  'config-trust': {
    file: z.string(),
    digest: z.string().describe('SHA-256 over the rc file and all modules that it loads; for MIGRATOR_TRUST_CONFIG'),
    action: z.enum(['allowed', 'shown', 'forgotten']),
    modules: z.array(z.strictObject({ name: z.string(), sha256: z.string() })),
    commands: z.array(z.string()),
  },
  'schema-list': { names: z.array(z.string()) },
};
