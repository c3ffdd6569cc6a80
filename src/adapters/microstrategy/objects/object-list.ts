import { z } from 'zod';
import { MigratorError } from '../../../errors.ts';
import type { Options } from '../../../ports/options.ts';
import { nearestOf } from '../../../nearest.ts';
import { didYouMean } from '../../shared/match-by-name.ts';
import { jsonIn, requireText } from '../../shared/json-file.ts';
import { flagOf, listOf, textOf, oneOf } from '../../shared/option-values.ts';
import { conflictRules } from '../options.ts';
import { isPackageId as isGuid } from '../packages/package-name.ts';
import { typeNames, typeNumber } from './object-types.ts';

export type Action = (typeof conflictRules)[number];

export interface WantedObject {
  /** The id, or the name to look for, as the user typed it. */
  readonly named: string;
  readonly isId: boolean;
  readonly type: number;
  readonly action: Action | undefined;
  readonly includeDependents: boolean;
}

/** The objects of --object and --objects together. USAGE says which entry is wrong. */
export function wantedObjects(options: Options): readonly WantedObject[] {
  const rule = textOf(options, 'action');
  const action = rule === undefined ? undefined : oneOf(conflictRules, rule, 'the action');
  const includeDependents = flagOf(options, 'includeDependents');
  const list = textOf(options, 'objects');
  const entries = [
    ...listOf(options, 'object').map((text) => fromFlag(text)),
    ...(list === undefined ? [] : fromText(list)),
  ];
  const wanted = entries.map((entry) => ({
    ...entry,
    action: entry.action ?? action,
    includeDependents: entry.includeDependents ?? includeDependents,
  }));
  const keys = wanted.map(({ named, type }) => `${named.toUpperCase()}:${type}`);
  const twice = wanted.find((_, at) => keys.indexOf(keys[at] ?? '') !== at);
  if (twice === undefined) return wanted;
  throw new MigratorError('USAGE', `the object ${twice.named} is named more than once`);
}

interface Entry {
  readonly named: string;
  readonly isId: boolean;
  readonly type: number;
  readonly action: Action | undefined;
  readonly includeDependents: boolean | undefined;
}

/** `<id or name>:<type>[:<action>][:dependents]`. It is read from its end, because names may hold colons. */
function fromFlag(text: string): Entry {
  const parts = text.split(':');
  const includeDependents = parts.length > 2 && parts.at(-1)?.trim().toLowerCase() === 'dependents';
  if (includeDependents) parts.pop();
  const rule = parts.at(-1)?.trim().toLowerCase().replaceAll('-', '_');
  const action = parts.length > 2 ? conflictRules.find((known) => known === rule) : undefined;
  if (action !== undefined) parts.pop();
  const type = typeNumber(parts.pop() ?? '');
  const named = parts.join(':').trim();
  if (type === undefined || named === '') throw notAnObject(`"${text}"`);
  return entry(named, type, action, includeDependents ? true : undefined);
}

function entry(named: string, type: number, action: Action | undefined, includeDependents?: boolean): Entry {
  return { named, isId: isGuid(named), type, action, includeDependents };
}

const listed = z.object({
  id: z.string().nullish(),
  name: z.string().nullish(),
  type: z.union([z.string(), z.number()]),
  action: z.string().nullish(),
  includeDependents: z.union([z.boolean(), z.string()]).nullish(),
});

function fromText(text: string): Entry[] {
  requireText(
    text,
    'the list of objects',
    'save it as UTF-8 ("CSV UTF-8" in Excel), or as UTF-16 with a byte order mark ("Unicode Text")',
  );
  const rows = /^\s*[[{]/.test(text) ? fromJson(text) : fromCsv(text);
  if (rows.length === 0) throw new MigratorError('USAGE', 'the list of objects is empty');
  return rows.map((row, at) => {
    const place = `entry ${at + 1} of the list of objects`;
    const read = listed.safeParse(knownKeys(row, place));
    const type = read.success ? typeNumber(String(read.data.type)) : undefined;
    if (!read.success || type === undefined) throw notAnObject(place);
    const { id, name, action, includeDependents } = read.data;
    const named = filled(id) ?? filled(name);
    if (named === undefined) throw notAnObject(place);
    if (filled(id) !== undefined && !isGuid(named))
      throw new MigratorError('USAGE', `${place} has the id ${named}, which is not 32 hex digits`);
    const rule = filled(action);
    return entry(
      named,
      type,
      rule === undefined ? undefined : oneOf(conflictRules, rule, `the action of ${place}`),
      yesOrNo(includeDependents, place),
    );
  });
}

/** An object with the known names for its keys. USAGE for a key that is not known. */
function knownKeys(row: unknown, place: string): unknown {
  if (!isObject(row)) return row;
  const known = Object.entries(row).map(([key, value]) => [knownColumn(key, `${place} has the key`), value] as const);
  requireOnce(
    known.map(([key]) => key),
    `${place} has the key`,
  );
  return Object.fromEntries(known);
}

/** Of two rules one would silently be lost. */
function requireOnce(names: readonly string[], whose: string): void {
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw moreThanOnce(whose, twice);
}

function moreThanOnce(whose: string, name: string): MigratorError {
  return new MigratorError('USAGE', `${whose} "${name}" more than once`, {
    hint: 'leave one of them out; dependents is another name of includeDependents',
  });
}

/** A rule under a name that nobody reads would silently be the default rule. */
function knownColumn(name: string, whose: string): string {
  const known = columnOf(name);
  if (known !== undefined) return known;
  const [nearest] = nearestOf(name, Object.keys(columns));
  throw new MigratorError('USAGE', `${whose} "${name}", which is not known`, {
    hint: `${didYouMean(nearest === undefined ? [] : [columns[nearest] ?? nearest], 'leave it out')}; known are ${columnNames}`,
  });
}

const bare = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_-]+/g, '');

function filled(text: string | null | undefined): string | undefined {
  const trimmed = text?.trim() ?? '';
  return trimmed === '' ? undefined : trimmed;
}

function yesOrNo(value: boolean | string | null | undefined, place: string): boolean | undefined {
  if (typeof value === 'boolean') return value;
  const word = filled(value)?.toLowerCase();
  if (word === undefined) return undefined;
  if (['true', 'yes', '1'].includes(word)) return true;
  if (['false', 'no', '0'].includes(word)) return false;
  throw new MigratorError('USAGE', `includeDependents of ${place} must be true or false`);
}

function fromJson(text: string): readonly unknown[] {
  const value = jsonIn(text, 'the list of objects', 'it is an array of objects, alone or as `objects`, or a CSV file');
  const list = isObject(value) ? listIn(value) : value;
  if (Array.isArray(list)) return list as readonly unknown[];
  throw new MigratorError('USAGE', 'the list of objects must be an array, alone or as `objects`');
}

/** The array of an object that holds nothing else. Rules beside it would silently not count. */
function listIn(whole: Readonly<Record<string, unknown>>): unknown {
  const unknown = Object.keys(whole).find((key) => key !== 'objects');
  if (unknown === undefined) return whole['objects'];
  throw new MigratorError('USAGE', `the list of objects has the key "${unknown}", which is not known`, {
    hint: Object.hasOwn(whole, 'objects')
      ? 'beside `objects` there is nothing: a rule belongs to each object, or is given with --action'
      : 'a list is an array of objects, alone or as `objects`',
  });
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Values with commas between them (RFC 4180), or with semicolons or tabs, as spreadsheets write them in some countries. The
 * first line names the columns.
 */
function fromCsv(text: string): Record<string, string>[] {
  const separator = separatorOf(text);
  const [head = [], ...rows] = csvRows(text, separator);
  const isKnown = head.some((name) => columnOf(name) !== undefined);
  const names = isKnown ? head.map((name) => knownColumn(name, 'the list of objects has the column')) : [];
  requireOnce(names, 'the list of objects has the column');
  if (!names.includes('type') || !(names.includes('id') || names.includes('name'))) {
    throw new MigratorError('USAGE', 'the list of objects has no columns id or name, and type', {
      hint: `its first line names the columns, with commas, semicolons or tabs between them: ${columnNames}`,
    });
  }
  return rows.map((row, at) => {
    if (row.length > names.length)
      throw new MigratorError('USAGE', `row ${at + 1} of the list of objects has more values than there are columns`, {
        hint: 'put a value that holds the separator into double quotes',
      });
    return Object.fromEntries(names.map((name, place) => [name, row[place] ?? '']));
  });
}

const separators = [',', ';', '\t'] as const;
type Separator = (typeof separators)[number];

/** The separator that gives the most columns in the first line. */
function separatorOf(text: string): Separator {
  const [head = ''] = text.trimStart().split(/\r?\n/, 1);
  const counts = separators.map((separator) => head.split(separator).length);
  return separators[counts.indexOf(Math.max(...counts))] ?? ',';
}

const columns: Readonly<Record<string, string>> = {
  id: 'id',
  name: 'name',
  type: 'type',
  action: 'action',
  includedependents: 'includeDependents',
  dependents: 'includeDependents',
};

const columnOf = (name: string): string | undefined =>
  Object.hasOwn(columns, bare(name)) ? columns[bare(name)] : undefined;

const columnNames = [...new Set(Object.values(columns))].join(', ');

function csvRows(text: string, separator: Separator): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  const field = new RegExp(`[ ]*("(?:[^"]|"")*"|[^"${separator}\\r\\n]*)[ ]*(${separator}|\\r?\\n|$)`, 'y');
  const source = text.replace(/^\uFEFF/, '').trimEnd();
  for (field.lastIndex = 0; field.lastIndex <= source.length;) {
    const found = field.exec(source);
    if (found === null)
      throw new MigratorError('USAGE', `line ${rows.length + 1} of the list of objects is not valid CSV`, {
        hint: 'write a quote within a value twice, and the value in double quotes',
      });
    const [, value = '', end] = found;
    row.push(value.startsWith('"') ? value.slice(1, -1).replaceAll('""', '"') : value.trim());
    if (end === separator) continue;
    if (row.some((cell) => cell !== '')) rows.push(row);
    row = [];
    if (end === '') break;
  }
  return rows;
}

function notAnObject(what: string): MigratorError {
  return new MigratorError('USAGE', `${what} names no object and type`, {
    hint: `write <id or name>:<type>[:<action>][:dependents]; a type is a number or one of ${typeNames.join(', ')}`,
  });
}
