import { z } from 'zod';

/** A value, or `otherwise` where a server leaves it out or gives null. */
export function valueOr<Schema extends z.ZodType, Otherwise>(schema: Schema, otherwise: Otherwise) {
  return schema.nullish().transform((value) => value ?? otherwise);
}

export const text = valueOr(z.string(), undefined);
export const number = valueOr(z.number(), undefined);

/** A list; empty where there is none. */
export function list<Item extends z.ZodType>(item: Item) {
  return z
    .array(item)
    .nullish()
    .transform((items) => items ?? []);
}
