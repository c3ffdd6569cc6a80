import { MigratorError } from '../../errors.ts';
import { parseDuration } from '../config/duration.ts';
import type { FlagSource } from '../context.ts';

/** Reads `90s`, `20m`, `2h` or `500ms` and returns milliseconds. USAGE names the `source` of a wrong text. */
export const durationFlag = (text: string, source: FlagSource): number => amountFlag('duration', text, source);

/** Reads a number from 1. USAGE names the `source` of a wrong text. */
export const factorFlag = (text: string, source: FlagSource): number => amountFlag('times', text, source);

/**
 * Reads `500MiB` or `20GB` and returns bytes. A number without a unit is bytes. USAGE names the `source` of a wrong
 * text.
 */
export const sizeFlag = (text: string, source: FlagSource): number => amountFlag('size', text, source);

/** Reads a whole number of things at once, from 1 to 9999. USAGE names the `source` of a wrong text. */
export const numberFlag = (text: string, source: FlagSource): number => amountFlag('number', text, source);

/** Reads a whole number from 1. USAGE names the `source` of a wrong text. */
export const countFlag = (text: string, source: FlagSource): number => amountFlag('count', text, source);

/** Reads a port; 0 is a free one. USAGE names the `source` of a wrong text. */
export const portFlag = (text: string, source: FlagSource): number => amountFlag('port', text, source);

/** What is wrong with a text as the value of this option; undefined for an option that takes no amount. */
export function amountFault(flags: string, text: string): string | undefined {
  const amount = Object.entries(amounts).find(([name]) => flags.includes(`<${name}>`))?.[1];
  return amount === undefined || amount.read(text) !== undefined ? undefined : `is not ${amount.what}; ${amount.hint}`;
}

function amountFlag(name: keyof typeof amounts, text: string, { words }: FlagSource): number {
  const { read, what, hint } = amounts[name];
  const value = read(text);
  if (value !== undefined) return value;
  throw new MigratorError('USAGE', `${words}: "${text}" is not ${what}`, { hint });
}

/** By the name of the value in the help: `--timeout <duration>`. */
const amounts = {
  duration: { read: parseDuration, what: 'a duration', hint: 'write 90s, 20m or 2h' },
  size: { read: parseSize, what: 'a size', hint: 'write 500MiB or 20GiB' },
  times: { read: parseFactor, what: 'a number from 1', hint: 'write 200 or 1000' },
  number: { read: wholeTo(1, 9999), what: 'a number from 1 to 9999', hint: 'write 2 or 4' },
  count: { read: wholeTo(1, Number.MAX_SAFE_INTEGER), what: 'a whole number from 1', hint: 'write 20 or 100' },
  port: { read: wholeTo(0, 65_535), what: 'a port from 0 to 65535', hint: 'write 0 for a port that is free' },
};

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

function parseSize(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]+)?$/iu.exec(text.trim());
  const factor = units[(match?.[2] ?? 'b').toLowerCase()];
  return match?.[1] === undefined || factor === undefined ? undefined : Math.floor(Number(match[1]) * factor);
}

function parseFactor(text: string): number | undefined {
  const factor = /^\d+(?:\.\d+)?$/u.test(text.trim()) ? Number(text) : 0;
  return factor >= 1 ? factor : undefined;
}

function wholeTo(least: number, most: number): (text: string) => number | undefined {
  return (text) => {
    const value = /^\d+$/u.test(text.trim()) ? Number(text) : NaN;
    return value >= least && value <= most ? value : undefined;
  };
}
