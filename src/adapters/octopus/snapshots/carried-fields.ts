import { createHash } from 'node:crypto';
import type { Json } from '../../../ports/journal.ts';
import type { DocumentResource } from '../wire/schemas.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Fields that each server makes itself, and the health of machines, which changes without a write. */
const serverMade = new Set([
  'Id',
  'Links',
  'SpaceId',
  'OwnerId',
  'OwnerType',
  'ProjectId',
  'Version',
  'DataVersion',
  'LastModified',
  'LastModifiedOn',
  'LastModifiedBy',
  'LastSnapshotId',
  'ScopeValues',
  'VariableSetId',
  'DeploymentProcessId',
  'DeploymentSettingsId',
  'RunbookProcessId',
  'PublishedRunbookSnapshotId',
  'ProjectVariableSetSnapshotId',
  'ProjectDeploymentProcessSnapshotId',
  'LibraryVariableSetSnapshotIds',
  'Assembled',
  'IsEditable',
  'Logo',
]);

/**
 * Whether the slug of a thing is what a server makes of its name. Releases before 2022 have no slugs, so such a one is not
 * compared. Another one was chosen by people, and what refers to it (a process in Git) breaks without it.
 */
function hasOwnSlug({ Name: name, Slug: slug }: Fields): boolean {
  if (typeof name !== 'string' || typeof slug !== 'string') return false;
  const made = name.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '-');
  return slug !== made.replaceAll(/^-|-$/g, '');
}

const health = new Set([
  'HealthStatus',
  'HasLatestCalamari',
  'IsInProcess',
  'Status',
  'StatusSummary',
  'OperatingSystem',
  'ShellName',
  'ShellVersion',
  'Architecture',
]);

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);

/** The name of a document by its id; undefined when the snapshot knows no such document. */
export type NameOf = (id: string) => string | undefined;

/**
 * What a migration carries of a document. Ids became names. A sensitive value is `true` when it is there, else absent.
 * Lists of plain words are sets on this product, so they are sorted. Lists of steps, phases, rules and templates stay as
 * they are: their order means something. Empty fields are absent, because servers differ in how they say empty.
 */
export function carried(document: Fields, nameOf: NameOf): Record<string, Json> {
  // A document's place among all others of the space depends on what else the space has.
  const own = Object.entries(document).filter(
    ([key]) => key !== 'Name' && key !== 'SortOrder' && !health.has(key) && (key !== 'Slug' || hasOwnSlug(document)),
  );
  const fields = valueOf(Object.fromEntries(own), nameOf);
  return isFields(fields) ? fields : {};
}

function valueOf(value: unknown, nameOf: NameOf): Json | undefined {
  if (typeof value === 'string') return value === '' ? undefined : named(value, nameOf);
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => valueOf(item, nameOf)).filter((item) => item !== undefined);
    if (items.length === 0) return undefined;
    return items.every((item) => typeof item === 'string') ? items.toSorted() : items;
  }
  if (!isFields(value)) return undefined;
  if ('HasValue' in value && 'NewValue' in value) return value['HasValue'] === true ? true : undefined;
  const entries = Object.entries(value).flatMap(([key, member]) => {
    if (serverMade.has(key) || (key === 'Slug' && 'Name' in value && !hasOwnSlug(value))) return [];
    const shown = key === 'Value' && isSensitive(value) ? true : valueOf(member, nameOf);
    return shown === undefined ? [] : [[nameOf(key) ?? key, shown] as const];
  });
  return entries.length === 0
    ? undefined
    : Object.fromEntries(entries.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

/** A sensitive variable shows no value, whether it has one or not. */
function isSensitive(variable: Fields): boolean {
  return variable['IsSensitive'] === true || variable['Type'] === 'Sensitive';
}

/** Some step properties hold several ids in one text: `Environments-1,Environments-2`. */
function named(text: string, nameOf: NameOf): string {
  const whole = nameOf(text);
  if (whole !== undefined) return whole;
  const parts = text.split(',').map((part) => nameOf(part.trim()));
  return parts.length > 1 && parts.every((part) => part !== undefined) ? parts.toSorted().join(',') : text;
}

/** Every text in a document that may be an id: values, parts of lists in one text, and keys. */
export function* wordsOf(value: unknown): Generator<string> {
  if (typeof value === 'string') {
    yield value;
    if (value.includes(',')) for (const part of value.split(',')) yield part.trim();
  } else if (Array.isArray(value)) {
    for (const item of value) yield* wordsOf(item);
  } else if (isFields(value)) {
    for (const [key, member] of Object.entries(value)) {
      if (key === 'Links' || key === 'ScopeValues') continue;
      yield key;
      yield* wordsOf(member);
    }
  }
}

/**
 * The mark of documents: a hash over all that the server shows of them, versions and modification times included. The
 * product has no mark that every document carries: processes, variable sets and step templates count their writes
 * (`Version`), and `LastModifiedOn` is often left out. So the mark of other documents stays the same when they are
 * overwritten by equal content.
 */
export function markOf(...documents: readonly (DocumentResource | Fields | undefined)[]): string {
  const hash = createHash('sha256');
  for (const document of documents) {
    const shown = Object.entries(document ?? {}).filter(([key]) => key !== 'Links' && key !== 'ScopeValues');
    hash.update(
      JSON.stringify(shown.filter(([key]) => !health.has(key)).toSorted(([one], [other]) => (one < other ? -1 : 1))),
    );
    hash.update('\n');
  }
  return hash.digest('base64url').slice(0, 22);
}
