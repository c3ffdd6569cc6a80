import { z } from 'zod';
import type { Json } from '../ports/journal.ts';
import { decodeCanonical } from './canonical-json.ts';
import { contentMember, formatName, maxManifestDepth } from './format.ts';
import { pathFault } from './paths.ts';
import { malformed, newerFormat } from './refusal.ts';

// Published as patterns of the JSON Schema, so written without what only some languages' expressions know.
const line = z
  .string()
  .max(1000)
  .regex(/^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$/, 'has control characters');
const remark = z
  .string()
  .regex(/^[^\u0000-\u0008\u000b-\u001f\u007f-\u009f]*$/, 'has control characters')
  .refine((text) => !/\p{Cs}/u.test(text), 'is not well-formed Unicode');
const count = z.int().min(0);
/** Eleven octal digits of seconds. */
const maxHeaderTime = 0o77777777777;
const json = z.json() as unknown as z.ZodType<Json>;

/** Also the id of a NuGet or Octopus package, and a file name everywhere. */
export const packageId = z
  .string()
  .max(100)
  .regex(/^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/, 'is not made of letters, digits, ".", "_" and "-"')
  .refine((id) => pathFault(id) === undefined, 'is a name that Windows reserves');

/** Semantic Versioning 2.0.0. */
export const packageVersion = z
  .string()
  .max(100)
  .regex(
    /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-(0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*)(\.(0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*))*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$/,
    'is not a semantic version',
  );

const createdAt = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/, 'is not a time in UTC to the second')
  .refine((text) => toTime(text) !== undefined, 'is not a time between 1970 and 2242');

const file = z.strictObject({
  path: z.string(),
  size: count,
  /** Lower-case hex. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  mediaType: line.optional(),
});

const source = z.strictObject({ product: line, version: line, instance: line, url: line.optional() });

const content = z.strictObject({
  member: line,
  compression: z.enum(['gzip', 'zstd', 'none']),
  encryption: z.enum(['recipients', 'passphrase', 'none']),
  recipients: z.array(line),
  counts: z.strictObject({ files: count, bytes: count }),
  files: z.array(file).optional(),
});

/** manifest.json, §3. */
export const manifestSchema = z
  .strictObject({
    format: z.literal(formatName),
    id: packageId,
    version: packageVersion,
    createdAt,
    createdBy: line,
    private: z.boolean(),
    source: source.optional(),
    scope: json.optional(),
    notes: z.array(remark),
    content,
  })
  .superRefine((manifest, context) => {
    for (const fault of disagreements(manifest)) context.addIssue({ code: 'custom', message: fault });
  });

export type Manifest = z.infer<typeof manifestSchema>;
export type ManifestFile = z.infer<typeof file>;

/** What a private manifest leaves out; `private.json`, the payload's last entry. §3.3 */
const privatePartSchema = z.strictObject({
  scope: json,
  url: line.optional(),
  notes: z.array(remark),
  files: z.array(file),
});
export type PrivatePart = z.infer<typeof privatePartSchema>;

/** JSON Schema (draft 2020-12) of manifest.json. */
export function manifestJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(manifestSchema) };
}

export function parseManifest(bytes: Uint8Array): Manifest {
  const value = decodeCanonical(bytes, 'manifest.json', maxManifestDepth);
  const format = typeof value === 'object' && value !== null && 'format' in value ? value['format'] : undefined;
  if (typeof format === 'string' && format !== formatName) throw newerFormat(format, formatName);
  return decoded(manifestSchema, value, 'manifest.json');
}

export function parsePrivatePart(bytes: Uint8Array): PrivatePart {
  return decoded(privatePartSchema, decodeCanonical(bytes, 'private.json', maxManifestDepth), 'private.json');
}

/** Seconds since 1970; undefined for a day or an hour that does not exist, or for what a tar header cannot say. */
export function toTime(text: string): number | undefined {
  const date = new Date(text);
  const time = date.getTime() / 1000;
  return time >= 0 && time <= maxHeaderTime && isoSeconds(date) === text ? time : undefined;
}

/** ISO 8601 in UTC, to the second. */
export function isoSeconds(date: Date): string {
  return date.toISOString().replace(/\.\d{3}Z$/, 'Z');
}

function decoded<T>(schema: z.ZodType<T>, value: Json, name: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const where = issue === undefined || issue.path.length === 0 ? '' : ` at ${issue.path.map(String).join('.')}`;
  const unknown = issue?.code === 'unrecognized_keys';
  throw malformed(
    'manifest',
    `${name} is not of format "${formatName}"${where}: ${issue?.message ?? 'it is not readable'}`,
    {
      ...(unknown ? { hint: 'it may be from a newer migrator: open it with the version that made it' } : {}),
    },
  );
}

interface Parts {
  readonly private: boolean;
  readonly scope?: Json | undefined;
  readonly source?: { readonly url?: string | undefined } | undefined;
  readonly notes: readonly string[];
  readonly content: z.infer<typeof content>;
}

/** What a manifest says twice must agree. */
function* disagreements({
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
  if (isPrivate) {
    if (encryption === 'none') yield 'a private manifest needs an encrypted content';
    if (scope !== undefined || files !== undefined || origin?.url !== undefined || notes.length > 0) {
      yield 'a private manifest names scope, url, notes or files';
    }
  } else {
    if (scope === undefined || files === undefined) yield 'scope or content.files is missing';
    const bytes = files?.reduce((sum, { size }) => sum + size, 0);
    if (files?.length !== counts.files || bytes !== counts.bytes) yield 'content.counts does not fit content.files';
  }
}
