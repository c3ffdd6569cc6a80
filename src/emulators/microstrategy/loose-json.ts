// Reading JSON whose shape a client decides.
import type { Body } from '../shared/store.ts';

export const isObject = (value: unknown): value is Body =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An object, or an empty one. */
export const asObject = (value: unknown): Body => (isObject(value) ? value : {});

export const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** A text, or what stands in for one. */
export const asText = (value: unknown, otherwise = ''): string => (typeof value === 'string' ? value : otherwise);

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

export const isEmpty = (value: Body): boolean => Object.keys(value).length === 0;
