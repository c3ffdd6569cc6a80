// What a search asks for, read from its query and body. What cannot be carried out is refused.
import { asList, asText, type Json } from '../shared/json.ts';
import { timeOf } from './identifiers.ts';
import type { MetadataObject } from './metadata/object.ts';
import { invalid } from './refusal.ts';
import { readFlag, readInteger } from './request.ts';
import type { Visit } from './visit.ts';

/** EnumDSSXMLSearchTypes. */
const patterns: Readonly<Record<number, (name: string, wanted: string) => boolean>> = {
  // Any of the words.
  0: (name, wanted) => wordsOf(wanted).some((word) => wordsOf(name).includes(word)),
  1: (name, wanted) => name.startsWith(wanted),
  2: (name, wanted) => name === wanted,
  // A word begins so.
  3: (name, wanted) => name.split(/\s+/).some((_, at, words) => words.slice(at).join(' ').startsWith(wanted)),
  4: (name, wanted) => name.includes(wanted),
  5: (name, wanted) => name.endsWith(wanted),
};

const wordsOf = (text: string): readonly string[] => text.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');

/** Of managed objects, which the server makes by itself, there are none here. */
const scopes = ['rooted', 'standalone', 'not_managed_only', 'all'];
const managed = ['managed', 'managed_only'];

export type Keep = (object: MetadataObject) => boolean;

export function typesOf({ call }: Visit): readonly number[] {
  return call.search
    .getAll('type')
    .flatMap((text) => text.split(','))
    .filter((text) => text !== '')
    .map((text) => readInteger(text) ?? refuse('type'));
}

export function flagOf({ call }: Visit, name: string): boolean {
  const text = call.query(name);
  return text === undefined || text === '' ? false : (readFlag(text) ?? refuse(name));
}

function refuse(name: string): never {
  throw invalid(`The value of ${name} is invalid.`);
}

function timeIn({ call }: Visit, name: string): number | undefined {
  const text = call.query(name) ?? '';
  if (text === '') return undefined;
  // A plus sign that was sent as it is means a space in a query.
  const time = timeOf(text.replace(' ', '+'));
  return Number.isNaN(time) ? refuse(name) : time;
}

/** Parameters that clients send for what every search here does anyway. Another value is refused. */
export function refuseOthers({ call }: Visit): void {
  const usual: Readonly<Record<string, RegExp>> = { certifiedStatus: /^all$/i, isCrossCluster: /^false$/i };
  for (const [name, value] of Object.entries(usual)) {
    if (!value.test(call.query(name) ?? '') && (call.query(name) ?? '') !== '')
      throw invalid(`This emulator cannot search by ${name} '${call.query(name) ?? ''}'.`);
  }
}

/** The filters that look only at the object itself. */
export function filtersOf(visit: Visit, body: Json): readonly Keep[] {
  const { call } = visit;
  const types = typesOf(visit);
  const name = (call.query('name') ?? '').toLowerCase();
  const matches = patterns[readInteger(call.query('pattern') ?? 4) ?? -1] ?? refuse('pattern');
  const [begin, end] = [timeIn(visit, 'beginModificationTime'), timeIn(visit, 'endModificationTime')];
  const scope = (call.query('scope') ?? 'all').toLowerCase();
  if (!scopes.includes(scope) && !managed.includes(scope)) refuse('scope');
  const visibility = (call.query('visibility') ?? 'all').toLowerCase();
  if (!['all', 'visible'].includes(visibility)) refuse('visibility');
  const owner = asText(body['ownerId']);
  const description = asText(body['descriptionQuery']).toLowerCase();
  return [
    () => !managed.includes(scope),
    (object) => types.length === 0 || types.some((type) => object.type === type || object.subtype === type),
    (object) => name === '' || matches(object.name.toLowerCase(), name),
    ({ modified }) => begin === undefined || timeOf(modified) >= begin,
    ({ modified }) => end === undefined || timeOf(modified) <= end,
    ({ hidden }) => visibility === 'all' || !hidden,
    (object) => owner === '' || object.owner === owner,
    (object) => description === '' || object.description.toLowerCase().includes(description),
  ];
}

const members = ['includeSubfolders', 'descriptionQuery', 'ownerId', 'excludedFolders'];

/** The folders that a search looks into. 400 for a member of the body that this emulator cannot carry out. */
export function foldersIn(body: Json): { readonly deep: boolean; readonly excluded: readonly string[] } {
  const foreign = Object.keys(body).find((name) => !members.includes(name));
  if (foreign !== undefined) {
    throw invalid(
      `The member '${foreign}' of a search is not supported by this emulator; it supports ${members.join(', ')}.`,
    );
  }
  return {
    deep: body['includeSubfolders'] !== false,
    excluded: asList(body['excludedFolders']).map((one) => asText(one)),
  };
}
