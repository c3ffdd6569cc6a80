import { pathFault } from '../../portable-path.ts';
import { carriesSecrets, contentMember, privateEntry, secretsEntry } from '../format.ts';
import type { Manifest } from './manifest.ts';

/**
 * The rules for the values of a manifest (§3.2), shared by the quick check and the schema. The patterns get into the
 * published JSON Schema, so they use only what regular expressions of all languages know.
 */
export const maxTextLength = { line: 1000, id: 100, version: 100 };
export const linePattern = /^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$/;
export const remarkPattern = /^[^\u0000-\u0008\u000b-\u001f\u007f-\u009f]*$/;
export const idPattern = /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/;
/** What the feeds of products take: one to four numbers, with a pre-release and a build. Semantic versions are part of it. */
export const versionPattern =
  /^\d+(\.\d+){0,3}(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$/;
export const timePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
export const sha256Pattern = /^[0-9a-f]{64}$/;
/** Seconds, in eleven octal digits. */
const maxHeaderTime = 0o77777777777;

export function isWellFormed(text: string): boolean {
  return !/\p{Cs}/u.test(text);
}

/** The id is a file name as well. */
export function isNameEverywhere(id: string): boolean {
  return pathFault(id) === undefined;
}

/** Why no package can have this id or version; undefined when one can. */
export function nameFault({
  id,
  version,
}: {
  readonly id?: string | undefined;
  readonly version?: string | undefined;
}) {
  if (id !== undefined && (id.length > maxTextLength.id || !idPattern.test(id) || !isNameEverywhere(id)))
    return `${JSON.stringify(id)} cannot be the id of a package`;
  if (version !== undefined && (version.length > maxTextLength.version || !versionPattern.test(version)))
    return `${JSON.stringify(version)} cannot be the version of a package`;
  return undefined;
}

/** Seconds since 1970; undefined when the day or hour does not exist, or when a tar header cannot hold the time. */
export function toTime(text: string): number | undefined {
  const date = new Date(text);
  const time = date.getTime() / 1000;
  return time >= 0 && time <= maxHeaderTime && isoSeconds(date) === text ? time : undefined;
}

/** ISO 8601 in UTC, to the second. */
export function isoSeconds(date: Date): string {
  return date.toISOString().replace(/\.\d{3}Z$/, 'Z');
}

type Parts = Pick<Manifest, 'format' | 'private' | 'scope' | 'source' | 'notes' | 'content'>;

/** Says where two parts of a manifest contradict each other. */
export function* disagreements({
  format,
  private: isPrivate,
  scope,
  source: origin,
  notes,
  content: parts,
}: Parts): Generator<string> {
  const { member, compression, encryption, recipients, counts, files } = parts;
  if (member !== contentMember(compression, encryption))
    yield `content.member "${member}" does not fit the rest of content`;
  if (recipients.length > 0 !== (encryption === 'recipients'))
    yield 'content.recipients does not fit content.encryption';
  if (carriesSecrets(format)) {
    if (encryption === 'none') yield 'a package that carries secrets needs an encrypted content';
    if (files?.some(({ path }) => path === secretsEntry) === true)
      yield `"${secretsEntry}" cannot be a file of a package that carries secrets`;
  }
  if (isPrivate) {
    if (encryption === 'none') yield 'a private manifest needs an encrypted content';
    if (scope !== undefined || files !== undefined || origin?.url !== undefined || notes.length > 0) {
      yield 'a private manifest names scope, url, notes or files';
    }
  } else {
    if (scope === undefined || files === undefined) yield 'scope or content.files is missing';
    if (files?.some(({ path }) => path === privateEntry) === true)
      yield `only a private package may hold "${privateEntry}"`;
    const bytes = files?.reduce((sum, { size }) => sum + size, 0);
    if (files?.length !== counts.files || bytes !== counts.bytes) yield 'content.counts does not fit content.files';
  }
}
