// What a request says: its document, its flags and numbers, the page of a list that it asks for.
import { isObject, type Json } from '../shared/json.ts';
import { readText, usualLimit } from '../shared/request-body.ts';
import type { Call } from '../shared/server.ts';
import { invalid, Refusal } from './refusal.ts';
import type { Visit } from './visit.ts';

const tooLarge = () => new Refusal(413, 'ERR006', 'The request body is too large.');

/** The body as a document: JSON, or a form where the content type says so. Undefined when it is empty. */
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

/** `true`, `True` and `1`: Python clients write query booleans with a capital. Undefined when the text is none. */
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

/** What `offset` and `limit` choose; a limit of -1 means all. 400 when one of them is no such number. */
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
