import { z } from 'zod';
import type { Json } from '../../ports/journal.ts';
import { formatNames } from '../format.ts';
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

const line = z.string().max(maxTextLength.line).regex(linePattern, 'has control characters');
const remark = z
  .string()
  .regex(remarkPattern, 'has control characters')
  .refine(isWellFormed, 'is not well-formed Unicode');
const count = z.int().min(0);
const json = z.json() as unknown as z.ZodType<Json>;

/** Also the id of a NuGet or Octopus package, and a file name everywhere. */
export const packageId = z
  .string()
  .max(maxTextLength.id)
  .regex(idPattern, 'is not made of letters, digits, ".", "_" and "-"')
  .refine(isNameEverywhere, 'is a name that Windows reserves');

export const packageVersion = z
  .string()
  .max(maxTextLength.version)
  .regex(versionPattern, 'is not a version of one to four numbers');

const createdAt = z
  .string()
  .regex(timePattern, 'is not a time in UTC to the second')
  .refine((text) => toTime(text) !== undefined, 'is not a time between 1970 and 2242');

const file = z.strictObject({
  path: z.string(),
  size: count,
  /** Lower-case hex. */
  sha256: z.string().regex(sha256Pattern),
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
    format: z.literal(formatNames),
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

/** What a private manifest leaves out; `private.json`, the payload's last entry. §3.3 */
export const privatePartSchema = z.strictObject({
  scope: json,
  url: line.optional(),
  notes: z.array(remark),
  files: z.array(file),
});

/** JSON Schema (draft 2020-12) of manifest.json. */
export function manifestJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(manifestSchema) };
}
