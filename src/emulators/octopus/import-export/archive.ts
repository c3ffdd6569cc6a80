// The zip of an export: flat, one file for each document, `manifest.json` with their digests, and three short texts. The
// password protects the sensitive values alone.
import { createHash } from 'node:crypto';
import { asObjects, isObject, type Json } from '../../shared/json.ts';
import { readZip, ZipDamage, type ZipMember } from '../../shared/zip.ts';
import { compareCores } from '../edition.ts';
import { decryptValue, encryptUnlike, type MigrationKey } from '../migrations/encryption.ts';
import { asText } from '../tolerant-json.ts';
import type { ExportDocument } from './documents.ts';
import { schemaVersions, unknownChanges } from './schema-versions.ts';

const canary = 'Cephalopod';
const formatVersion = '2.0.0';

const sha1 = (data: Uint8Array): string => createHash('sha1').update(data).digest('hex');

/** Two spaces, LF, no newline at the end. */
const fileOf = (value: unknown): Buffer => Buffer.from(JSON.stringify(value, null, 2), 'utf8');

/** The members of the zip. A target that is older than `version` refuses them. */
export function archiveMembers(
  version: string,
  key: MigrationKey,
  documents: readonly ExportDocument[],
): readonly ZipMember[] {
  const files = documents.map(({ id, model }) => ({ name: `${id}.json`, data: fileOf(model) }));
  const manifest = fileOf({
    SchemaVersions: schemaVersions(version),
    Entries: documents.map(({ id, name, type, parent }, index) => ({
      Id: id,
      Name: name,
      DocumentType: type,
      ExportType: 'FullDocument',
      DocumentSource: `${id}.json`,
      ParentId: parent,
      Hash: sha1(files[index]?.data ?? Buffer.alloc(0)),
    })),
    Hello: encryptUnlike(key, canary),
  });
  const text = (name: string, content: string) => ({ name, data: Buffer.from(content, 'utf8') });
  return [
    ...files,
    { name: 'manifest.json', data: manifest },
    text('checksum', sha1(manifest)),
    text('server-version', version),
    text('version', formatVersion),
  ];
}

/** A document of an export that was read. Its ids have their suffix. */
export interface ReadDocument {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly model: Json;
}

export interface Archive {
  readonly serverVersion: string;
  readonly schemaVersions: readonly string[];
  readonly documents: readonly ReadDocument[];
  /** Undefined for the checksum that this emulator would write. */
  readonly otherChecksum: string | undefined;
  /** Whether the key comes from the password of the export. */
  readonly knows: (key: MigrationKey) => boolean;
}

/** Why a zip is not an export, or not one for this server. The message goes into a log or an answer. */
export class ArchiveFault extends Error {
  override readonly name = 'ArchiveFault';
}

async function filesOf(path: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  const seen = new Set<string>();
  try {
    for await (const { name, data } of readZip(path)) {
      if (/[\\/]/.test(name)) throw new ArchiveFault(`The export has a folder: '${name}'.`);
      if (seen.has(name.toLowerCase())) throw new ArchiveFault(`The export has the file '${name}' twice.`);
      seen.add(name.toLowerCase());
      files.set(name, data);
    }
  } catch (error) {
    if (error instanceof ZipDamage) throw new ArchiveFault(`The export could not be extracted. ${error.message}`);
    throw error;
  }
  return files;
}

function parsed(name: string, data: Uint8Array): Json {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(data).toString('utf8')) as unknown;
  } catch {
    throw new ArchiveFault(`The file '${name}' of the export is not valid JSON.`);
  }
  if (!isObject(value)) throw new ArchiveFault(`The file '${name}' of the export is not a JSON object.`);
  return value;
}

/** Reads an export, and checks each file against its digest. */
export async function readArchive(path: string): Promise<Archive> {
  const files = await filesOf(path);
  const need = (name: string): Uint8Array => {
    const data = files.get(name);
    if (data === undefined) throw new ArchiveFault(`The file is not an export of projects: it has no '${name}'.`);
    return data;
  };
  const text = (name: string) => Buffer.from(need(name)).toString('utf8').trim();
  const manifest = parsed('manifest.json', need('manifest.json'));
  const [format, checksum] = [text('version'), text('checksum')];
  if (format.split('.')[0] !== formatVersion.split('.')[0]) {
    throw new ArchiveFault(`The export has the format ${format}. This server reads ${formatVersion}.`);
  }
  if (!/^[0-9a-f]{40}$/.test(checksum))
    throw new ArchiveFault('The checksum of the export is not 40 hexadecimal digits.');
  const entries = asObjects(manifest['Entries']);
  const documents = entries.map((entry) => {
    const [source, id] = [asText(entry['DocumentSource']), asText(entry['Id'])];
    const data = files.get(source);
    if (data === undefined) throw new ArchiveFault(`The file '${source}' is missing from the export.`);
    if (sha1(data) !== asText(entry['Hash'])) throw new ArchiveFault(`The file '${source}' of the export was changed.`);
    const model = parsed(source, data);
    if (asText(model['Id']) !== id) throw new ArchiveFault(`The file '${source}' does not hold the document '${id}'.`);
    return { id, name: asText(entry['Name'], id), type: asText(entry['DocumentType']), model };
  });
  const listed = new Set(entries.map((entry) => asText(entry['DocumentSource'])));
  const others = [...files.keys()].filter(
    (name) => name.endsWith('.json') && name !== 'manifest.json' && !listed.has(name),
  );
  if (others.length > 0) throw new ArchiveFault(`The export does not list its file '${others.join("', '")}'.`);
  const schema = manifest['SchemaVersions'];
  return {
    serverVersion: text('server-version'),
    schemaVersions: Array.isArray(schema) ? schema.map((name) => asText(name)) : [],
    documents,
    otherChecksum: checksum === sha1(need('manifest.json')) ? undefined : checksum,
    knows: (key) => decryptValue(key, asText(manifest['Hello'])) === canary,
  };
}

/** ArchiveFault for an export of a newer server than this one. */
export function checkVersion(version: string, archive: Archive): void {
  const unknown = unknownChanges(version, archive.schemaVersions);
  if (compareCores(archive.serverVersion, version) <= 0 && unknown.length === 0) return;
  throw new ArchiveFault(
    `The projects were exported from Octopus Server ${archive.serverVersion}, which is newer than this server (${version}).${
      unknown.length === 0 ? '' : ` This server does not know the change ${unknown.at(-1) ?? ''}.`
    } Export from a server of the same or an older version.`,
  );
}

/** ArchiveFault for another password than that of the export. */
export function checkPassword(archive: Archive, key: MigrationKey): void {
  if (archive.knows(key)) return;
  throw new ArchiveFault('The password is not the one that the projects were exported with.');
}
