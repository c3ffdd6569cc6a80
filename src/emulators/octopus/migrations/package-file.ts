// The content of a migration package: metadata.json, a folder for each document type with one JSON file per document,
// and the logs of tasks.
import { isObject, type Json } from '../../shared/json.ts';
import type { Entry } from '../../shared/store.ts';
import { ZipDamage, type ZipMember } from '../../shared/zip.ts';
import { wireDate } from '../instance.ts';
import { kindNamed, kinds } from '../kinds.ts';
import { readTolerantJson } from '../tolerant-json.ts';
import { encryptValue, decryptValue, type MigrationKey } from './encryption.ts';

const metadataType = 'Octopus.Migrator.Core.ExportProcess.ServerMetadata, Octopus.Migrator.Core';
const metadataName = 'metadata.json';
const logFolder = 'TaskLogs';
const canary = 'Hello';

/** The version that must be equal on both servers: without pre-release and build. */
export const databaseVersion = (version: string): string => version.split(/[-+]/)[0] ?? version;

const jsonMember = (name: string, value: unknown): ZipMember => ({
  name,
  data: Buffer.from(`${JSON.stringify(value, null, 2)}\n`, 'utf8'),
});

export const metadataMember = (server: string, version: string, key: MigrationKey): ZipMember =>
  jsonMember(metadataName, {
    $type: metadataType,
    Id: server,
    Name: server,
    // Seven decimals, as .NET writes them.
    Created: wireDate(new Date()).replace('+00:00', '0000+00:00'),
    DatabaseVersion: databaseVersion(version),
    Hello: encryptValue(key, canary),
  });

const forbidden = /[<>:"/\\|?*\u0000-\u001f]/g;

/**
 * A file is named after the document's name where names are unique in a space, else after its id (certificates since
 * 2019, channels, releases and all that have no name).
 */
export function documentName(entry: Entry, taken: Set<string>): string {
  const base = kindNamed(entry.kind).match.by === 'name' ? entry.name.replaceAll(forbidden, '_') : entry.id;
  const name = `${entry.kind}/${base}.json`;
  const free = taken.has(name.toLowerCase()) ? `${entry.kind}/${base} (${entry.id}).json` : name;
  taken.add(free.toLowerCase());
  return free;
}

export const documentMember = (name: string, model: Json): ZipMember => jsonMember(name, model);

export const logMember = (taskId: string, events: readonly unknown[]): ZipMember =>
  jsonMember(`${logFolder}/${taskId}.json`, events);

export interface PackageContent {
  readonly databaseVersion: string;
  /** Whether the key comes from the right password. */
  readonly knows: (key: MigrationKey) => boolean;
  /** By type, in the order of an import. */
  readonly documents: ReadonlyMap<string, readonly Json[]>;
  readonly logs: ReadonlyMap<string, readonly unknown[]>;
}

function parse({ name, data }: ZipMember): unknown {
  try {
    return readTolerantJson(Buffer.from(data).toString('utf8'));
  } catch {
    throw new ZipDamage(`The file ${name} is not valid JSON.`);
  }
}

/** Fails with ZipDamage for what is not a migration package. Folders of unknown types are ignored. */
export async function readContent(members: AsyncIterable<ZipMember>): Promise<PackageContent> {
  const documents = new Map<string, Json[]>(kinds.map(({ name }) => [name, []]));
  const logs = new Map<string, readonly unknown[]>();
  let facts: unknown;
  for await (const member of members) {
    if (member.name === metadataName) facts = parse(member);
    const [folder = '', file = '', ...deeper] = member.name.replaceAll('\\', '/').split('/');
    if (deeper.length > 0 || !file.endsWith('.json')) continue;
    const value = parse(member);
    if (folder === logFolder && Array.isArray(value)) logs.set(file.slice(0, -'.json'.length), value);
    else if (isObject(value)) documents.get(folder)?.push(value);
  }
  if (!isObject(facts)) throw new ZipDamage('The package has no metadata.json: it was not made by a migration export.');
  const hello = facts['Hello'];
  return {
    databaseVersion: String(facts['DatabaseVersion']),
    knows: (key) => typeof hello === 'string' && decryptValue(key, hello) === canary,
    documents,
    logs,
  };
}
