import { createHash, randomBytes } from 'node:crypto';

/** 32 upper-case hex digits, as the product writes every id and version. */
export const newGuid = (): string => randomBytes(16).toString('hex').toUpperCase();

/** An id made of words, for sample data: equal words give equal ids. */
export const guidOf = (...words: readonly string[]): string =>
  createHash('sha256').update(words.join('\n')).digest('hex').slice(0, 32).toUpperCase();

export const isGuid = (text: string): boolean => /^[0-9A-F]{32}$/.test(text);

/** `2024-01-02T03:04:05.678+0000`: milliseconds, no colon in the zone. */
export const wireDate = (date: Date = new Date()): string => date.toISOString().replace('Z', '+0000');

/** Milliseconds since 1970. Clients write times with or without milliseconds, and with `Z`, `+0000` or `+00:00`. */
export const timeOf = (text: string): number => Date.parse(text.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));

export const administratorId = '54F3D26011D2896560009A8E67019608';
export const guestId = '294DEDC011D2F1D56000D98E67019608';
/** The group of all users. */
export const everyoneId = 'C82C6B1011D2894CC0009D9F29718E4F';
