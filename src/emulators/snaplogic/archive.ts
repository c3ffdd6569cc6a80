// Reads the zip of a project completely, before an import changes anything.
import { readFile } from 'node:fs/promises';
import { Refusal } from '../shared/answering.ts';
import { asObjects, asText, isObject, memberAt, type Json } from '../shared/json.ts';
import { readZip, ZipDamage } from '../shared/zip.ts';
import type { Content, Contents } from './contents.ts';
import { entriesName } from './project-export.ts';
import { checkName, isAssetType, type AssetType } from './tree.ts';

export interface Arrival {
  readonly id: string;
  readonly name: string;
  readonly path: string;
  readonly type: AssetType;
  readonly metadata: Json;
  readonly document: Json;
}

const unsafe = (name: string): boolean =>
  name.startsWith('/') || name.includes('\\') || /^[A-Za-z]:/.test(name) || name.split('/').includes('..');

export function parseObject(text: string, what: string): Json {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new Refusal(400, `${what} is not valid JSON`);
  }
  if (!isObject(parsed)) throw new Refusal(400, `${what} must be a JSON object`);
  return parsed;
}

interface Unpacked {
  readonly texts: ReadonlyMap<string, string>;
  readonly files: ReadonlyMap<string, Content>;
}

/** Stores the members below `files/`, or with `flat` all members. Of two with the same name the last one counts. */
async function unpack(contents: Contents, path: string, flat: boolean): Promise<Unpacked> {
  const [texts, files] = [new Map<string, string>(), new Map<string, Content>()];
  try {
    for await (const { name, data } of readZip(path)) {
      if (unsafe(name)) throw new Refusal(400, `The zip has a member that leads out of it: ${name}`);
      if (flat) files.set(name.split('/').at(-1) ?? name, await contents.keep(data));
      else if (name.startsWith('files/')) files.set(name, await contents.keep(data));
      else texts.set(name, Buffer.from(data).toString('utf8'));
    }
  } catch (error) {
    if (error instanceof ZipDamage) throw new Refusal(400, `The file is not a valid zip: ${error.message}`);
    throw error;
  }
  return { texts, files };
}

export const unpackExpressions = async (contents: Contents, path: string): Promise<ReadonlyMap<string, Content>> =>
  checked((await unpack(contents, path, true)).files);

function checked(files: ReadonlyMap<string, Content>): ReadonlyMap<string, Content> {
  for (const name of files.keys()) checkName(name);
  return files;
}

const outer = ['name', 'path', 'asset_type', 'instance_id', 'create_time', 'update_time', 'metadata'];

function arrival(entry: Json, files: ReadonlyMap<string, Content>): Arrival {
  const type = entry['asset_type'] ?? (isObject(entry['snap_map']) ? 'Pipeline' : undefined);
  const name = asText(entry['name']);
  if (!isAssetType(type)) throw new Refusal(400, `The entry "${name}" of ${entriesName} is not an asset`);
  checkName(name);
  const rest = Object.fromEntries(Object.entries(entry).filter(([key]) => !outer.includes(key)));
  const metadata = isObject(entry['metadata']) ? entry['metadata'] : {};
  const same = { id: asText(entry['instance_id']), name, path: asText(entry['path']), type, metadata };
  if (type === 'File') {
    const content = files.get(asText(entry['file']));
    if (content === undefined) throw new Refusal(400, `The zip has no content for the file ${name}`);
    return { ...same, document: { ...content } };
  }
  if (type === 'Job') return { ...same, document: isObject(entry['job']) ? entry['job'] : {} };
  return { ...same, document: rest };
}

/** The assets of an exported zip. 400 for another file. */
export async function readArchive(contents: Contents, path: string): Promise<readonly Arrival[]> {
  const { texts, files } = await unpack(contents, path, false);
  const text = texts.get(entriesName);
  if (text === undefined) throw new Refusal(400, `The zip has no ${entriesName}`);
  const { entries } = parseObject(text, entriesName);
  if (!Array.isArray(entries)) throw new Refusal(400, `${entriesName} has no entries`);
  return asObjects(entries).map((entry) => arrival(entry, files));
}

/** The accounts of an account file, by name. It is an object by name, or a list. */
export async function readAccounts(path: string): Promise<Json> {
  const text = await readFile(path, 'utf8');
  if (!text.trimStart().startsWith('[')) return parseObject(text, 'file_account');
  const { accounts } = parseObject(`{"accounts":${text}}`, 'file_account');
  return Object.fromEntries(asObjects(accounts).map((account) => [nameIn(account), account] as const));
}

/** In a list the path or the name tells which account is meant, because the label may be its new name. */
function nameIn(account: Json): string {
  const label = memberAt(account, 'property_map', 'info', 'label', 'value');
  const names = [asText(account['path']).split('/').at(-1), asText(account['name']), asText(label)];
  const name = names.find((one) => one !== undefined && one !== '') ?? '';
  if (name === '') throw new Refusal(400, 'An account of file_account has no name');
  return name;
}
