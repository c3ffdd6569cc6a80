import type { Json } from '../ports/journal.ts';
import { malformed } from './refusal.ts';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Keys sorted by code unit, no white space, one line feed at the end: the same value has the same bytes. */
export function encodeCanonical(value: Json): Uint8Array {
  // When the keys are sorted already, as in anything read from canonical bytes, JSON.stringify gives the same much
  // faster.
  return Buffer.from(`${isInOrder(value) ? JSON.stringify(value) : print(value)}\n`);
}

function isInOrder(value: Json | undefined): boolean {
  if (typeof value !== 'object' || value === null) return value !== undefined;
  if (Array.isArray(value)) return (value as readonly Json[]).every(isInOrder);
  const object = value as Readonly<Record<string, Json>>;
  let before: string | undefined;
  for (const key of Object.keys(object)) {
    if ((before !== undefined && key < before) || !isInOrder(object[key])) return false;
    before = key;
  }
  return true;
}

/**
 * Decodes what `encodeCanonical` wrote. Encoding the result again must give the same bytes. This excludes duplicate
 * keys and any other order, spacing, escape or form of a number, so two readers never see two different documents.
 */
export function decodeCanonical(bytes: Uint8Array, name: string, maxDepth: number): Json {
  if (depthOf(bytes) > maxDepth) {
    throw malformed('manifest', `${name} is nested more than ${maxDepth} levels deep`);
  }
  let value: Json;
  try {
    value = JSON.parse(decoder.decode(bytes)) as Json;
  } catch (cause) {
    throw malformed('manifest', `${name} is not JSON in UTF-8`, { cause });
  }
  if (!Buffer.from(encodeCanonical(value)).equals(bytes)) {
    throw malformed(
      'manifest',
      `${name} is not canonical JSON: keys sorted, each once, no white space, one line feed at the end`,
    );
  }
  return value;
}

function print(value: Json): string {
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(print).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const object = value as Readonly<Record<string, Json>>;
    const members = Object.keys(object)
      .sort()
      .map((key) => `${JSON.stringify(key)}:${print(object[key] ?? null)}`);
    return `{${members.join(',')}}`;
  }
  return JSON.stringify(value);
}

/** Counts on the bytes, before any recursive code gets them. */
function depthOf(bytes: Uint8Array): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index];
    if (inString) {
      if (byte === 0x5c) index += 1;
      else if (byte === 0x22) inString = false;
    } else if (byte === 0x22) inString = true;
    else if (byte === 0x7b || byte === 0x5b) deepest = Math.max(deepest, (depth += 1));
    else if (byte === 0x7d || byte === 0x5d) depth -= 1;
  }
  return deepest;
}
