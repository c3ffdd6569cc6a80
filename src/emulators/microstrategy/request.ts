// Reads requests: the document in the body, flags and numbers, and the page of a list.
import { isObject, type Json } from '../shared/json.ts';
import { readText, usualLimit } from '../shared/request-body.ts';
import type { Call } from '../shared/server.ts';
import { invalid, Refusal } from './refusal.ts';
import type { Visit } from './visit.ts';

const tooLarge = () => new Refusal(413, 'ERR006', 'The request body is too large.');

/** The body as a document. It is JSON, or a form when the content type says so. Undefined when it is empty. */
export async function readDocument(call: Call): Promise<Json | undefined> {
  const text = await readText(call.request, usualLimit, tooLarge);
  if (text.trim() === '') return undefined;
  if ((call.headers['content-type'] ?? '').toLowerCase().startsWith('application/x-www-form-urlencoded')) {
    return Object.fromEntries(new URLSearchParams(text));
  }
  let value: unknown;
  try {
    value = JSON.parse(text) as unknown;
  } catch {
    throw invalid('Invalid JSON');
  }
  if (value === null) return undefined;
  if (!isObject(value)) throw invalid('Invalid JSON');
  return value;
}

/** A boolean of the query: `true` or `1`, and `True` from Python clients. Undefined for another text. */
export function readFlag(text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined;
  if (/^(?:true|1)$/i.test(text)) return true;
  return /^(?:false|0)$/i.test(text) ? false : undefined;
}

/** A whole number from a number or its digits. */
export function readInteger(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : undefined;
  return typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : undefined;
}

/**
 * The items that `offset` and `limit` select. A limit of -1 selects all. 400 when one of them is not a valid number.
 */
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

/** The header with the number of all items, for clients that fetch a list in parts. */
export const totalOf = (items: readonly unknown[]): Readonly<Record<string, string>> => ({
  'X-MSTR-Total-Count': String(items.length),
});
