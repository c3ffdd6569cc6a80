import { readInteger } from './loose-json.ts';
import { invalid } from './refusal.ts';
import type { Visit } from './visit.ts';

/** `offset` and `limit` of a request; -1 means all. 400 for anything that is no such number. */
export function pageOf<Item>(
  { call }: Visit,
  items: readonly Item[],
  { usual = -1, most = Number.POSITIVE_INFINITY } = {},
): readonly Item[] {
  const offset = readInteger(call.query('offset') ?? 0);
  const limit = readInteger(call.query('limit') ?? usual);
  if (offset === undefined || offset < 0) throw invalid('The value of offset is invalid.');
  if (limit === undefined || limit < -1 || limit > most) throw invalid('The value of limit is invalid.');
  return limit === -1 ? items.slice(offset) : items.slice(offset, offset + limit);
}

/** Clients that fetch a bare list in parts read from this header how many there are. */
export const totalOf = (items: readonly unknown[]): Readonly<Record<string, string>> => ({
  'X-MSTR-Total-Count': String(items.length),
});
