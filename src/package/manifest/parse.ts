import type { z } from 'zod';
import type { Json } from '../../ports/journal.ts';
import { decodeCanonical } from '../canonical-json.ts';
import { isKnownFormat, maxManifestDepth } from '../format.ts';
import { malformed, newerFormat } from '../refusal.ts';
import type { Manifest, PrivatePart } from './manifest.ts';
import { isManifest, isPrivatePart } from './quick-check.ts';

/** manifest.json, §3. PACKAGE_MALFORMED when it is not exactly as this format has it. */
export async function parseManifest(bytes: Uint8Array): Promise<Manifest> {
  const value = decodeCanonical(bytes, 'manifest.json', maxManifestDepth);
  const format = typeof value === 'object' && value !== null && 'format' in value ? value['format'] : undefined;
  if (typeof format === 'string' && !isKnownFormat(format)) throw newerFormat(format);
  if (isManifest(value)) return value as unknown as Manifest;
  const { manifestSchema } = await import('./schema.ts');
  return decoded(manifestSchema, value, 'manifest.json');
}

/** private.json, §3.3. */
export async function parsePrivatePart(bytes: Uint8Array): Promise<PrivatePart> {
  const value = decodeCanonical(bytes, 'private.json', maxManifestDepth);
  if (isPrivatePart(value)) return value as unknown as PrivatePart;
  const { privatePartSchema } = await import('./schema.ts');
  return decoded(privatePartSchema, value, 'private.json');
}

function decoded<T>(schema: z.ZodType<T>, value: Json, name: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const where = issue === undefined || issue.path.length === 0 ? '' : ` at ${issue.path.map(String).join('.')}`;
  const unknown = issue?.code === 'unrecognized_keys';
  throw malformed('manifest', `${name} does not follow the format${where}: ${issue?.message ?? 'it is not readable'}`, {
    ...(unknown ? { hint: 'it may be from a newer migrator: open it with the version that made it' } : {}),
  });
}
