import type { Options } from '../../../ports/options.ts';
import { textOf, wrongOption } from '../../shared/option-values.ts';

/** What a zip of an export may have. Real exports with many releases have many thousand documents. */
export interface Limits {
  readonly entries: number;
  /** Bytes of one document. */
  readonly entryBytes: number;
}

const mebibyte = 1024 * 1024;
const normal: Limits = { entries: 100_000, entryBytes: 64 * mebibyte };

/** The options that set them. */
export const limitNames: readonly string[] = ['zipEntries', 'zipEntrySize'];

/** USAGE for a limit that is no number. */
export function limitsOf(options: Options): Limits {
  return {
    entries: countOf(options, 'zipEntries') ?? normal.entries,
    entryBytes: mebibytesOf(options, 'zipEntrySize') ?? normal.entryBytes,
  };
}

function countOf(options: Options, name: string): number | undefined {
  const text = textOf(options, name);
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw wrongOption(name, 'a whole number, such as 1000');
  return Number(text);
}

function mebibytesOf(options: Options, name: string): number | undefined {
  const text = textOf(options, name);
  if (text === undefined) return undefined;
  const [, count] = /^([1-9]\d{0,4})\s?MiB$/i.exec(text) ?? [];
  if (count === undefined) throw wrongOption(name, 'a size in MiB, such as 128MiB');
  return Number(count) * mebibyte;
}
