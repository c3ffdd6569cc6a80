import { MigratorError } from '../../errors.ts';
import { parseDuration } from '../config/duration.ts';
import type { FlagSource } from '../context.ts';

/** Reads `90s`, `20m`, `2h` or `500ms` and returns milliseconds. USAGE names the `source` of a wrong text. */
export function durationFlag(text: string, source: FlagSource): number {
  const duration = parseDuration(text);
  if (duration === undefined) {
    throw new MigratorError('USAGE', `${source.words}: "${text}" is not a duration`, { hint: 'write 90s, 20m or 2h' });
  }
  return duration;
}

/** Reads a number from 1. USAGE names the `source` of a wrong text. */
export function factorFlag(text: string, source: FlagSource): number {
  const factor = /^\d+(?:\.\d+)?$/u.test(text.trim()) ? Number(text) : 0;
  if (factor >= 1) return factor;
  throw new MigratorError('USAGE', `${source.words}: "${text}" is not a number from 1`, { hint: 'write 200 or 1000' });
}

const units: Record<string, number> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/**
 * Reads `500MiB` or `20GB` and returns bytes. A number without a unit is bytes. USAGE names the `source` of a wrong
 * text.
 */
export function sizeFlag(text: string, source: FlagSource): number {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]+)?$/iu.exec(text.trim());
  const factor = units[(match?.[2] ?? 'b').toLowerCase()];
  if (match?.[1] === undefined || factor === undefined) {
    throw new MigratorError('USAGE', `${source.words}: "${text}" is not a size`, { hint: 'write 500MiB or 20GiB' });
  }
  return Math.floor(Number(match[1]) * factor);
}
