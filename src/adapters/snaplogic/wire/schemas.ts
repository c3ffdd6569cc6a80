import { z } from 'zod';

/**
 * The JSON of the public API and of the asset lists, as far as it is read. Unknown fields are dropped; unknown words
 * are kept.
 */

const text = z
  .string()
  .nullish()
  .catch(undefined)
  .transform((value) => value ?? undefined);
const flag = z
  .union([z.boolean(), z.string().transform((word) => word.toLowerCase() === 'true')])
  .nullish()
  .catch(undefined)
  .transform((value) => value ?? undefined);
const code = z.coerce
  .number()
  .int()
  .nullish()
  .catch(undefined)
  .transform((value) => value ?? undefined);
/** A time as ISO 8601. The server gives ISO 8601, or milliseconds since 1970. */
const time = z
  .union([z.string(), z.number().transform((value) => new Date(value).toISOString())])
  .nullish()
  .catch(undefined)
  .transform((value) => value ?? undefined);

export const errorBodySchema = z.object({
  http_status_code: code,
  message: text,
  error: text,
  response_map: z
    .object({ error_list: z.array(z.unknown()).nullish().catch(undefined), error_id: text, message: text })
    .nullish()
    .catch(undefined),
});

export const envelopeSchema = z.object({ response_map: z.unknown().optional() });

export const entrySchema = z.object({
  name: z.string(),
  snode_id: text,
  asset_type: text,
  path: text,
  time_created: time,
  time_updated: time,
  /** The caller's rights there: R, W, X. */
  perms: z.array(z.string()).nullish().catch(undefined),
});
export type Entry = z.infer<typeof entrySchema>;

export const listSchema = z.object({ entries: z.array(entrySchema) });

/** A stored asset. Its members differ by type, and are read one by one. */
export const storedSchema = z.record(z.string(), z.json());
export type StoredAsset = z.infer<typeof storedSchema>;

export const userSchema = z.object({
  email: text,
  organizations: z
    .array(z.object({ name: z.string(), administrator: flag }))
    .nullish()
    .transform((list) => list ?? []),
  user_locked_out: flag,
  password_expired: flag,
  service_account: flag,
});
export type User = z.infer<typeof userSchema>;

/** The answer of the internal call for a user's orgs: a map from an org's id to its name. */
export const orgsSchema = z.object({ org_snodes: z.record(z.string(), z.object({ name: z.string() })) });

/** The answer to the start of a migration: token and URL, or, for a synchronous migration, the status document. */
export const startedSchema = z.object({ status_token: text, status_url: text, _id: text, status: text });

const snaplexSchema = z.object({ label: text, runtime_path_id: z.string().min(1) });
export type Snaplex = z.infer<typeof snaplexSchema>;

/** The Snaplexes of an org: a list, or an object of them by their ids. */
export const snaplexesSchema = z
  .union([z.array(z.unknown()), z.record(z.string(), z.unknown()).transform((map): unknown[] => Object.values(map))])
  .transform((list) => list.flatMap((one) => snaplexSchema.safeParse(one).data ?? []));

const assetSchema = z.object({
  snode_id: text,
  name: text,
  asset_type: text,
  reason: text,
  message: text,
  warning: text,
  status_code: code,
});
export type AssetResult = z.infer<typeof assetSchema>;

const assets = z
  .array(z.union([assetSchema, z.string().transform((message) => assetSchema.parse({ message }))]))
  .nullish()
  .catch(undefined)
  .transform((list) => list ?? []);

export const resultSchema = z.object({ successful: assets, failed: assets, warnings: assets, project_path: text });
export type ImportResult = z.infer<typeof resultSchema>;

/** The answer to a change of tasks. */
export const changedSchema = z.object({ failed: assets });

const list = z.array(z.unknown());
/** An answer that tells the result of an import has at least one of the two lists. */
export const tellingSchema = z.union([z.object({ successful: list }), z.object({ failed: list })]);

export const statusSchema = resultSchema.extend({
  status_token: text,
  status: text,
  src_path: text,
  dest_path: text,
  create_time: time,
  error: text,
  message: text,
  error_list: z.array(z.unknown()).nullish().catch(undefined),
});
export type MigrationStatus = z.infer<typeof statusSchema>;

/** The list at the root of an exported zip. Only the entries of pipelines always tell their type. */
export const exportListSchema = z.object({
  entries: z.array(
    z.object({
      name: text,
      path: text,
      asset_type: text,
      class_id: text,
      snap_map: z.unknown().optional(),
      /** A task. */
      job: storedSchema.nullish().catch(undefined),
      property_map: z
        .object({
          info: z
            .object({ label: z.object({ value: text }).nullish().catch(undefined) })
            .nullish()
            .catch(undefined),
        })
        .nullish()
        .catch(undefined),
    }),
  ),
});

/** The claims of a JSON Web Token that name its holder. */
export const claimsSchema = z.object({ sub: text, org: text, snaplogic_username: text, snaplogic_org: text });
