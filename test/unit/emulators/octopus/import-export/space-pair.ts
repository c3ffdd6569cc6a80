// Exports and imports of projects against embedded servers, by plain requests.
import { expect } from '@jest/globals';
import { unzipped } from '../../shared/zip-bytes.ts';
import type { Answer, Json, OctopusServer } from '../octopus-server.ts';

export const password = 'correct horse battery staple';
const Password = { HasValue: true, NewValue: password };
const base = (space: string) => `/api/${space}/projects/import-export`;

export interface Ended {
  readonly task: Json;
  readonly log: string;
}

/** Makes a document, or changes one, which must work. */
export async function made(server: OctopusServer, method: string, path: string, json: Json): Promise<Json> {
  const answer = await server.call(method, path, { json });
  expect({ status: answer.status, text: answer.text }).toMatchObject({ status: method === 'POST' ? 201 : 200 });
  return answer.json;
}

export async function byName(server: OctopusServer, kind: string, name: string, space = 'Spaces-1'): Promise<Json> {
  const all = JSON.parse((await server.call('GET', `/api/${space}/${kind}/all`)).text) as readonly Json[];
  const found = all.find((one) => one['Name'] === name);
  if (found === undefined) throw new Error(`there is no ${name} among the ${kind}`);
  return found;
}

export async function namesOf(server: OctopusServer, kind: string, space = 'Spaces-1'): Promise<readonly string[]> {
  const all = JSON.parse((await server.call('GET', `/api/${space}/${kind}/all`)).text) as readonly Json[];
  return all.map((one) => String(one['Name'])).toSorted();
}

export async function startExport(server: OctopusServer, projects: readonly string[], space = 'Spaces-1') {
  const ids = await Promise.all(projects.map((name) => byName(server, 'projects', name, space)));
  const answer = await server.call('POST', `${base(space)}/export`, {
    json: { IncludedProjectIds: ids.map(({ Id }) => Id), Password },
  });
  expect({ status: answer.status, text: answer.text }).toMatchObject({ status: 200 });
  return { id: String(answer.json['TaskId']), projects: answer.json['ProjectIds'] as readonly string[] };
}

export const endOfExport = async (server: OctopusServer, projects: readonly string[], space?: string): Promise<Ended> =>
  server.finished((await startExport(server, projects, space)).id);

export async function artifactsOf(server: OctopusServer, task: string, space = 'Spaces-1'): Promise<readonly Json[]> {
  return (await server.call('GET', `/api/${space}/artifacts?regarding=${task}`)).json['Items'] as readonly Json[];
}

export async function contentOf(server: OctopusServer, link: string): Promise<Buffer> {
  const response = await fetch(`${server.url}${link}`, { headers: { 'X-Octopus-ApiKey': server.apiKey } });
  expect(response.status).toBe(200);
  return Buffer.from(await response.arrayBuffer());
}

/** The zip of an export that must work. */
export async function exportedZip(server: OctopusServer, projects: readonly string[], space?: string): Promise<Buffer> {
  const { id } = await startExport(server, projects, space);
  const { task, log } = await server.finished(id);
  expect({ state: task['State'], log }).toMatchObject({ state: 'Success' });
  const [artifact] = await artifactsOf(server, id, space);
  return contentOf(server, String((artifact!['Links'] as Json)['Content']));
}

/** The files of a zip by name; documents without the suffix of exported ids in their names. */
export async function filesOf(zip: Buffer): Promise<ReadonlyMap<string, string>> {
  const members = await unzipped(zip);
  return new Map(
    members.map(({ name, data }) => [name.replace(/-[0-9A-F]{32}\.json$/, ''), Buffer.from(data).toString('utf8')]),
  );
}

export async function documentOf(zip: Buffer, id: string): Promise<Json> {
  const text = (await filesOf(zip)).get(id);
  if (text === undefined) throw new Error(`the zip has no ${id}`);
  return JSON.parse(text) as Json;
}

let uploads = 0;

/** Uploads under a name of its own, and returns the source of an import. */
export async function uploaded(server: OctopusServer, zip: Buffer, space = 'Spaces-1'): Promise<Json> {
  uploads += 1;
  const name = `moved-${uploads}.zip`;
  const answer = await server.upload(`${base(space)}/import-files`, name, zip);
  expect({ status: answer.status, text: answer.text }).toMatchObject({ status: 200 });
  return { Type: 'upload', UploadedFileId: name };
}

export const startImport = (server: OctopusServer, ImportSource: Json, space = 'Spaces-1'): Promise<Answer> =>
  server.call('POST', `${base(space)}/import`, { json: { ImportSource, Password } });

export async function imported(server: OctopusServer, zip: Buffer, space?: string): Promise<Ended> {
  const started = await startImport(server, await uploaded(server, zip, space), space);
  expect({ status: started.status, text: started.text }).toMatchObject({ status: 200 });
  return server.finished(String(started.json['TaskId']));
}

/** Imports a zip, which must work without a warning. */
export async function importedWell(server: OctopusServer, zip: Buffer, space?: string): Promise<string> {
  const { task, log } = await imported(server, zip, space);
  expect({ state: task['State'], warned: task['HasWarningsOrErrors'], log }).toMatchObject({
    state: 'Success',
    warned: false,
  });
  return log;
}
