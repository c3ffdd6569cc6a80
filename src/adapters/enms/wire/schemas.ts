import { z } from 'zod';

/** GET /rest/query/server: one row for each server of a cluster. */
export const serversSchema = z.array(
  z.object({
    name: z.string().optional(),
    version: z.coerce.string().optional(),
    status: z.string().optional(),
    last_restart: z.string().nullish(),
    scheduler_address: z.string().nullish(),
  }),
);
export type ServerRow = z.infer<typeof serversSchema>[number];

/** An object of the REST API: properties, and relations as lists of names. */
export const objectSchema = z.record(z.string(), z.unknown());
export const objectsSchema = z.array(objectSchema);
export type WireObject = z.infer<typeof objectSchema>;

/** POST /rest/instance. The status is always 200. An empty list is left out. */
export const upsertSchema = z.object({
  success: z.array(z.string()).default([]),
  failure: z.array(z.tuple([z.record(z.string(), z.unknown()), z.unknown()]).rest(z.unknown())).default([]),
});

/** DELETE /rest/instance. The status is 200 also when the server keeps the object. */
export const removedSchema = z.object({ delete_aborted: z.boolean().optional(), log: z.string().optional() });

/** Bodies with status 200 that are no success. */
export const alertSchema = z.object({ alert: z.unknown() });
export const errorSchema = z.object({ error: z.unknown() });

/** Topology import: a list of a text and a status. Old releases answer with the text only. */
export const topologyAnswerSchema = z.union([z.tuple([z.string(), z.number()]).rest(z.unknown()), z.string()]);

export const foldersSchema = z.array(z.string());
