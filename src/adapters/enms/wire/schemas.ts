import { z } from 'zod';

/** GET /rest/query/server: one row for each server of a cluster. */
export const serversSchema = z.array(
  z.object({ name: z.string().optional(), version: z.coerce.string().optional(), status: z.string().optional() }),
);

/** An object as the server gives it: properties, and relations as lists of names. */
export const objectSchema = z.record(z.string(), z.unknown());
export const objectsSchema = z.array(objectSchema);
export type WireObject = z.infer<typeof objectSchema>;

/** POST /rest/instance: always 200; a list that is empty is left out. */
export const upsertSchema = z.object({
  success: z.array(z.string()).default([]),
  failure: z.array(z.tuple([z.record(z.string(), z.unknown()), z.unknown()]).rest(z.unknown())).default([]),
});

/** What is not a success in a body of status 200. */
export const alertSchema = z.object({ alert: z.unknown() });
export const errorSchema = z.object({ error: z.unknown() });

/** Topology import: a list of text and would-be status; a bare text in old releases. */
export const topologyAnswerSchema = z.union([z.tuple([z.string(), z.number()]).rest(z.unknown()), z.string()]);

export const foldersSchema = z.array(z.string());
