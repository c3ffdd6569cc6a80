import { createHash } from 'node:crypto';
import { z } from 'zod';
import { MigratorError } from '../../../errors.ts';
import type { ArtifactFile } from '../../../ports/artifact.ts';
import { jsonOf } from '../../shared/answers.ts';
import { list, text } from '../../shared/schemas.ts';
import { readZip, type Malformed, type ReadableZip, type ZipMember } from '../../shared/zip-reader.ts';
import { isFields } from '../snapshots/carried-fields.ts';
import { isCanary } from './canary.ts';
import type { Limits } from './limits.ts';

const entrySchema = z.object({
  Id: z.string(),
  Name: text,
  DocumentType: z.string(),
  DocumentSource: z.string(),
  ParentId: text,
  Hash: z.string(),
});
export type ManifestEntry = z.infer<typeof entrySchema>;

const manifestSchema = z.object({ Entries: list(entrySchema), Hello: z.string() });

type Fields = Readonly<Record<string, unknown>>;

/** A document of the zip, as the server's database has it: ids have a suffix, and secrets are encrypted. */
export interface ArchiveDocument {
  readonly entry: ManifestEntry;
  readonly fields: Fields;
}

/** An export of projects whose members were all compared with its manifest. */
export interface ExportArchive {
  /** The release of the server that made it. */
  readonly serverVersion: string;
  /** The canary of the password. */
  readonly hello: string;
  readonly entries: readonly ManifestEntry[];
  readonly documents: readonly ArchiveDocument[];
  /** What people should know of the zip. */
  readonly remarks: readonly string[];
}

const large = 100 * 1024 * 1024;
const index = 'manifest.json';
const small = ['checksum', 'server-version', 'version'];
/** The form of exports that is known. */
const knownForm = /^[12]\./;

/**
 * Reads an export, document by document, and compares each with the SHA-1 in the manifest. `slim` says what of a document
 * is kept. `checksum` is carried along and never judged: nobody knows what it is made of. PACKAGE_MALFORMED.
 */
export async function readExport(
  file: ArtifactFile,
  limits: Limits,
  slim: (entry: ManifestEntry, fields: Fields) => Fields | undefined,
  signal: AbortSignal,
): Promise<ExportArchive> {
  const malformed = malformedOf(file);
  const zip = await readZip(file, malformed, signal);
  const members = await membersOf(zip, limits, malformed);
  const content = (name: string): Promise<Buffer> => wholeOf(zip, members.get(name), name, limits, malformed);
  const manifest = manifestSchema.safeParse(jsonOf((await content(index)).toString('utf8')));
  if (!manifest.success) throw malformed(`${index} in it is not the index of an export`);
  const serverVersion = (await content('server-version')).toString('utf8').trim();
  if (!/^\d+(\.\d+)+/.test(serverVersion)) throw malformed('server-version in it is not a version');
  const { Entries: entries, Hello: hello } = manifest.data;
  if (!isCanary(hello)) throw malformed(`${index} in it has no canary (Hello), which says whether a password fits`);
  if (!entries.some(({ DocumentType }) => DocumentType === 'Project')) throw malformed('it holds no project');
  requireOnce(entries, malformed);
  const documents: ArchiveDocument[] = [];
  for (const entry of entries) {
    signal.throwIfAborted();
    const bytes = await content(entry.DocumentSource);
    const sha1 = createHash('sha1').update(bytes).digest('hex');
    if (sha1 !== entry.Hash.toLowerCase())
      throw malformed(`${entry.DocumentSource} in it does not have the SHA-1 that ${index} states`);
    const fields = jsonOf(bytes.toString('utf8'));
    if (!isFields(fields)) throw malformed(`${entry.DocumentSource} in it is not a JSON document`);
    const kept = slim(entry, fields);
    if (kept !== undefined) documents.push({ entry, fields: kept });
  }
  const listed = new Set([index, ...small, ...entries.map(({ DocumentSource }) => DocumentSource)]);
  const unlisted = [...members.keys()].filter((name) => !listed.has(name));
  const total = [...members.values()].reduce((sum, { entry }) => sum + entry.uncompressedSize, 0);
  const absent = small.filter((name) => !members.has(name));
  const form = members.has('version') ? (await content('version')).toString('utf8').trim() : undefined;
  const remarks = [
    ...(absent.length === 0 ? [] : [`${file.path} lacks members that exports have: ${named(absent)}`]),
    ...(form === undefined || knownForm.test(form)
      ? []
      : [
          `${file.path} is an export of form ${JSON.stringify(form.slice(0, 20))}, which this release of migrator does not know`,
        ]),
    ...(unlisted.length === 0 ? [] : [`${file.path} has members that its manifest does not list: ${named(unlisted)}`]),
    ...(Math.max(total, file.size ?? 0) > large
      ? [`${file.path} is large: it unpacks to ${Math.round(total / 1024 / 1024)} MiB, and a proxy may refuse it`]
      : []),
  ];
  return { serverVersion, hello, entries, documents, remarks };
}

/** An index that names a document twice leaves open which one an import takes. */
function requireOnce(entries: readonly ManifestEntry[], malformed: Malformed): void {
  const seen = new Set<string>();
  for (const { Id, DocumentSource } of entries) {
    for (const name of new Set([Id, DocumentSource].map((one) => one.toLowerCase()))) {
      if (seen.has(name)) throw malformed(`${index} in it names ${name} more than once`);
      seen.add(name);
    }
  }
}

/** Refuses a zip that does not have the members of an export. Reads no document. PACKAGE_MALFORMED. */
export async function requireExport(file: ArtifactFile, signal: AbortSignal): Promise<void> {
  const malformed = malformedOf(file);
  const names = new Set<string>();
  for await (const { name } of (await readZip(file, malformed, signal)).members()) names.add(name);
  for (const name of [index, 'server-version']) if (!names.has(name)) throw malformed(`it has no ${name}`);
}

/** The members by their names. An export is flat, and each of its names stands for one member on every disk. */
async function membersOf(zip: ReadableZip, limits: Limits, malformed: Malformed): Promise<Map<string, ZipMember>> {
  const members = new Map<string, ZipMember>();
  const folded = new Set<string>();
  for await (const member of zip.members()) {
    const { name } = member;
    if (name === '' || name === '.' || name === '..' || /[/\\\0]/.test(name))
      throw malformed(`${JSON.stringify(name)} in it is not a plain file name`);
    const key = name.normalize('NFC').toLowerCase();
    if (folded.has(key)) throw malformed(`${name} stands in it more than once`);
    if (/\.(zip|nupkg|jar|7z|rar|tar|tgz|gz|bz2|xz|zst)$/i.test(name)) throw malformed(`${name} in it is an archive`);
    folded.add(key);
    members.set(name, member);
    if (members.size > limits.entries)
      throw malformed(`it has more than ${limits.entries} members; --zip-entries allows more`);
  }
  return members;
}

async function wholeOf(
  zip: ReadableZip,
  member: ZipMember | undefined,
  name: string,
  limits: Limits,
  malformed: Malformed,
): Promise<Buffer> {
  if (member === undefined) throw malformed(`it has no ${name}`);
  // The index names every document, so it may be longer than one.
  const most = name === index ? Math.max(limits.entryBytes, limits.entries * 1024) : limits.entryBytes;
  if (member.entry.uncompressedSize > most)
    throw malformed(`${name} in it has ${member.entry.uncompressedSize} bytes; --zip-entry-size allows more`);
  const chunks: Buffer[] = [];
  for await (const chunk of zip.content(member, Number.MAX_SAFE_INTEGER)) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  const magic = bytes.subarray(0, 4).toString('latin1');
  if (magic === 'PK\x03\x04' || magic.startsWith('\x1f\x8b')) throw malformed(`${name} in it is an archive`);
  return bytes;
}

const mostNames = 5;

/** The first names of a list, and how many more there are. */
function named(names: readonly string[]): string {
  const more = names.length - mostNames;
  return [...names.slice(0, mostNames), ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

export function malformedOf({ path }: ArtifactFile): Malformed {
  return (why, cause) =>
    new MigratorError('PACKAGE_MALFORMED', `${path} is not a whole export of projects: ${why}`, {
      // A whole export can be larger than the limits.
      hint: `${why.endsWith(' allows more') ? 'allow more, or move fewer projects at once' : 'export the projects again'}; nothing was sent to the target`,
      cause,
    });
}
