import type { Call } from '../shared/server.ts';
import type { Body } from '../shared/store.ts';
import { isObject } from './loose-json.ts';
import { invalid, Refusal } from './refusal.ts';

const largest = 32 * 1024 * 1024;

async function readText(call: Call): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of call.request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largest) throw new Refusal(413, 'ERR006', 'The request body is too large.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The body as a document: JSON, or a form where the content type says so. Undefined when it is empty. */
export async function readDocument(call: Call): Promise<Body | undefined> {
  const text = await readText(call);
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
