import { Secret } from '../../secret.ts';

/** Members that name a thing, and hold no secret. */
const names = /^(?:name|path|id|type|.+_(?:id|version|fqid|name))$/u;
const shortestValue = 4;

/**
 * The secrets in a file that holds some: of JSON each value, because a server quotes single ones, and of any other text
 * the text itself.
 */
export function secretsIn(text: string): readonly Secret[] {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return [new Secret(text)];
  }
  return [...new Set(valuesOf(document))].map((value) => new Secret(value));
}

const namesThing = (name: string, item: unknown): boolean =>
  name === 'label' || (typeof item === 'string' && names.test(name));

function valuesOf(value: unknown): readonly string[] {
  if (typeof value === 'string' || typeof value === 'number') {
    const text = String(value);
    return text.length < shortestValue ? [] : [text];
  }
  if (Array.isArray(value)) return value.flatMap((item) => valuesOf(item));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, item]) => (namesThing(name, item) ? [] : valuesOf(item)));
}
