import type { YamlNode } from '../../../enms-yaml/scalars.ts';
import { MigratorError } from '../../../errors.ts';
import type { ArtifactFile, ByteStream } from '../../../ports/artifact.ts';
import { nodeIn, valueOf, type YamlValue } from '../wire/yaml.ts';
import { isType, types, type Type } from './types-and-relations.ts';

/** An object of a package: its properties, and its relations as names. It always has a `name`. */
export type PackagedObject = Readonly<Record<string, YamlValue>> & { readonly name: string };

/** The content of a package: migration files of the server, objects that were read one by one, or a spreadsheet. */
export type PackageContent =
  | { readonly kind: 'migration'; readonly files: ReadonlyMap<Type, ArtifactFile>; readonly metadata: ArtifactFile }
  | { readonly kind: 'objects'; readonly files: ReadonlyMap<Type, ArtifactFile> }
  | { readonly kind: 'topology'; readonly file: ArtifactFile };

/** PACKAGE_MALFORMED when the files are none of the three kinds, or of several. */
export function contentOf(files: readonly ArtifactFile[]): PackageContent {
  const [first, ...others] = files;
  if (first !== undefined && others.length === 0 && /^native\/[^/]+\.xls$/i.test(first.path)) {
    return { kind: 'topology', file: first };
  }
  const objects = byType(files, 'objects/', '.ndjson');
  const native = byType(files, 'native/', '.yaml');
  const metadata = files.find(({ path }) => path === 'native/metadata.yaml');
  if (objects.size > 0 && objects.size === files.length) return { kind: 'objects', files: objects };
  if (native.size > 0 && metadata !== undefined && native.size + 1 === files.length) {
    return { kind: 'migration', files: native, metadata };
  }
  const strange = files.map(({ path }) => path).slice(0, 5);
  throw new MigratorError(
    'PACKAGE_MALFORMED',
    metadata === undefined && native.size > 0
      ? 'the package holds no metadata.yaml, so its export was not finished'
      : `the package does not hold what eNMS imports, but ${strange.length === 0 ? 'nothing' : strange.join(', ')}`,
    {
      hint: strange.some((path) => /\.(tgz|tar|gz|zip)$/i.test(path))
        ? 'unpack the archive, and seal the folder: migrator package seal <folder> --server-export'
        : 'eNMS imports its own migration files, objects exported with --via rest, or a spreadsheet (.xls)',
    },
  );
}

/** The objects of one type. PACKAGE_MALFORMED when the file cannot be read or an object has no name. */
export async function* objectsOf(
  content: Exclude<PackageContent, { kind: 'topology' }>,
  type: Type,
  signal: AbortSignal,
): AsyncIterable<PackagedObject> {
  const file = content.files.get(type);
  if (file === undefined) return;
  if (content.kind === 'objects') {
    for await (const [line, number] of linesOf(file.open(signal))) yield named(parsedLine(line, number, file), file);
    return;
  }
  for (const item of itemsOf(await textOf(file.open(signal)), file.path)) yield named(valueOf(item), file);
}

/**
 * The objects in a type's migration file. PACKAGE_MALFORMED for an empty file: the server would fail on it, after it
 * has deleted what it was told to delete.
 */
export function itemsOf(text: string, name: string): readonly YamlNode[] {
  const node = nodeIn(text, name);
  if (node.kind === 'seq') return node.items;
  throw new MigratorError(
    'PACKAGE_MALFORMED',
    text.trim() === '' ? `${name} is empty` : `${name} is not a list of objects`,
    { hint: 'the export was not finished; make a new one' },
  );
}

/** The release that wrote the migration files, from `metadata.yaml`. */
export function releaseOf(text: string): string {
  const metadata = valueOf(nodeIn(text, 'metadata.yaml'));
  const version = isMap(metadata) ? metadata['version'] : undefined;
  if (typeof version === 'string' || typeof version === 'number') return String(version);
  throw new MigratorError('PACKAGE_MALFORMED', 'metadata.yaml tells no version');
}

export function isMap(value: YamlValue | undefined): value is Readonly<Record<string, YamlValue>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const longestText = 500 * 1024 * 1024;

/** A stream as UTF-8 text. PACKAGE_MALFORMED for other bytes, on which the server would fail. */
export async function textOf(stream: ByteStream): Promise<string> {
  return decoded(await bytesOf(stream));
}

export async function bytesOf(stream: ByteStream): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > longestText) throw new MigratorError('PACKAGE_MALFORMED', 'a migration file is larger than 500 MiB');
  }
  return Buffer.concat(chunks);
}

export function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new MigratorError('PACKAGE_MALFORMED', 'a file is not UTF-8 text', { cause: error });
  }
}

function byType(files: readonly ArtifactFile[], folder: string, ending: string): ReadonlyMap<Type, ArtifactFile> {
  const found = new Map<Type, ArtifactFile>();
  for (const type of types) {
    const file = files.find(({ path }) => path === `${folder}${type}${ending}`);
    if (file !== undefined && isType(type)) found.set(type, file);
  }
  return found;
}

function named(value: YamlValue, file: ArtifactFile): PackagedObject {
  const name = isMap(value) ? value['name'] : undefined;
  if (isMap(value) && typeof name === 'string' && name !== '') return { ...value, name };
  throw new MigratorError('PACKAGE_MALFORMED', `${file.path} holds an object without a name`);
}

function parsedLine(line: string, number: number, file: ArtifactFile): YamlValue {
  try {
    return JSON.parse(line) as YamlValue;
  } catch (error) {
    throw new MigratorError('PACKAGE_MALFORMED', `line ${number} of ${file.path} is not JSON`, { cause: error });
  }
}

async function* linesOf(stream: ByteStream): AsyncIterable<readonly [string, number]> {
  let rest: Uint8Array = new Uint8Array();
  let number = 0;
  for await (const chunk of stream) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const end = bytes.lastIndexOf(lineFeed) + 1;
    rest = bytes.subarray(end);
    for (const line of decoded(bytes.subarray(0, end)).split('\n').slice(0, -1)) yield [line, ++number];
  }
  if (rest.length > 0) yield [decoded(rest), number + 1];
}

const lineFeed = 10;
