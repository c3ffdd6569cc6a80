import type { Json } from '../../ports/journal.ts';
import { formatNames } from '../format.ts';
import type { Manifest } from './manifest.ts';
import {
  disagreements,
  idPattern,
  isNameEverywhere,
  isWellFormed,
  linePattern,
  maxTextLength,
  remarkPattern,
  sha256Pattern,
  timePattern,
  toTime,
  versionPattern,
} from './rules.ts';

/**
 * Checks a manifest without the schema: loading zod takes longer than everything else that `package inspect` does.
 * What is refused here goes to the schema, which decides and words the error. A test makes sure that both agree.
 */
type Check = (value: Json | undefined) => boolean;

const text =
  (pattern: RegExp, longest = Infinity, isFine: (text: string) => boolean = () => true): Check =>
  (value) =>
    typeof value === 'string' && value.length <= longest && pattern.test(value) && isFine(value);
const oneOf =
  (...values: readonly Json[]): Check =>
  (value) =>
    value !== undefined && values.includes(value);
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);

/** For a value decoded from JSON, in which no key has the value undefined. */
function object(checks: Readonly<Record<string, Check>>): Check {
  const keys = Object.entries(checks);
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    const members = value as Readonly<Record<string, Json>>;
    for (const key in members) if (!Object.hasOwn(checks, key)) return false;
    return keys.every(([key, check]) => check(Object.hasOwn(members, key) ? members[key] : undefined));
  };
}

const line = text(linePattern, maxTextLength.line);
const count: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
const anything: Check = (value) => value !== undefined;
const remarks = listOf(text(remarkPattern, Infinity, isWellFormed));
const files = listOf(
  object({
    path: (value) => typeof value === 'string',
    size: count,
    sha256: text(sha256Pattern),
    mediaType: optional(line),
  }),
);

const manifest = object({
  format: oneOf(...formatNames),
  id: text(idPattern, maxTextLength.id, isNameEverywhere),
  version: text(versionPattern, maxTextLength.version),
  createdAt: text(timePattern, Infinity, (time) => toTime(time) !== undefined),
  createdBy: line,
  private: oneOf(true, false),
  source: optional(object({ product: line, version: line, instance: line, url: optional(line) })),
  scope: optional(anything),
  notes: remarks,
  content: object({
    member: line,
    compression: oneOf('gzip', 'zstd', 'none'),
    encryption: oneOf('recipients', 'passphrase', 'none'),
    recipients: listOf(line),
    counts: object({ files: count, bytes: count }),
    files: optional(files),
  }),
});
const privatePart = object({ scope: anything, url: optional(line), notes: remarks, files });

export function isManifest(value: Json): boolean {
  return manifest(value) && disagreements(value as unknown as Manifest).next().done === true;
}

export function isPrivatePart(value: Json): boolean {
  return privatePart(value);
}
