// Zips that are no export, or not one that may be imported. Each is an export of a server with one change.
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  ArchiveFault,
  checkPassword,
  checkVersion,
  readArchive,
} from '../../../../../src/emulators/octopus/import-export/archive.ts';
import { deriveKey } from '../../../../../src/emulators/octopus/migrations/encryption.ts';
import { zipOf } from '../../../../support/zip.ts';
import { unzipped } from '../../shared/zip-bytes.ts';
import { newFolder, startServer, stopServers, type Json, type OctopusServer } from '../octopus-server.ts';
import { byName, exportedZip, imported, made, namesOf } from './space-pair.ts';

let server: OctopusServer;
let files: Readonly<Record<string, string>>;
beforeAll(async () => {
  server = await startServer({ sample: false, version: '2024.4.4121' });
  await made(server, 'POST', '/api/projects', {
    Name: 'Shop',
    ProjectGroupId: (await byName(server, 'projectgroups', 'Default Project Group'))['Id'],
    LifecycleId: (await byName(server, 'lifecycles', 'Default Lifecycle'))['Id'],
  });
  const members = await unzipped(await exportedZip(server, ['Shop']));
  files = Object.fromEntries(members.map(({ name, data }) => [name, Buffer.from(data).toString('utf8')]));
});
afterAll(stopServers);

const sha1 = (text: string) => createHash('sha1').update(text).digest('hex');
const manifestOf = (given: Readonly<Record<string, string>>) => JSON.parse(given['manifest.json']!) as Json;

/** The files with another manifest, and the checksum of it. */
function withManifest(change: (manifest: Json) => Json): Readonly<Record<string, string>> {
  const manifest = JSON.stringify(change(manifestOf(files)), null, 2);
  return { ...files, 'manifest.json': manifest, checksum: sha1(manifest) };
}

/** The files with one more document. */
function withDocument(type: string, id: string, document: Json): Readonly<Record<string, string>> {
  const marked = `${id}-D4C63A85E7894C5D8C20D9297FEA1A43`;
  const text = JSON.stringify({ Id: marked, ...document }, null, 2);
  const entry = {
    Id: marked,
    Name: document['Name'],
    DocumentType: type,
    DocumentSource: `${marked}.json`,
    Hash: sha1(text),
  };
  const changed = withManifest((manifest) => ({ ...manifest, Entries: [...(manifest['Entries'] as Json[]), entry] }));
  return { ...changed, [`${marked}.json`]: text };
}

async function read(given: Readonly<Record<string, string>> | Buffer) {
  const path = join(await newFolder(), 'export.zip');
  await writeFile(path, Buffer.isBuffer(given) ? given : zipOf(given));
  return readArchive(path);
}

const without = (name: string) => Object.fromEntries(Object.entries(files).filter(([one]) => one !== name));
const project = () => Object.keys(files).find((name) => name.startsWith('Projects-'))!;

describe('readArchive', () => {
  test('reads the export of a server', async () => {
    const archive = await read(files);
    expect(archive).toMatchObject({ serverVersion: '2024.4.4121', otherChecksum: undefined });
    expect(archive.documents.map(({ type }) => type)).toContain('Project');
  });

  test.each<[string, () => Readonly<Record<string, string>> | Buffer, string]>([
    ['no zip', () => Buffer.from('PK no zip'), 'could not be extracted'],
    ['a zip of something else', () => ({ 'a.txt': 'a' }), "it has no 'manifest.json'"],
    ['no version', () => without('version'), "it has no 'version'"],
    ['no server version', () => without('server-version'), "it has no 'server-version'"],
    ['no checksum', () => without('checksum'), "it has no 'checksum'"],
    ['a checksum of other digits', () => ({ ...files, checksum: 'abc' }), 'not 40 hexadecimal digits'],
    ['a newer format', () => ({ ...files, version: '3.0.0' }), 'format 3.0.0'],
    ['a folder', () => ({ ...files, 'more/a.json': '{}' }), "folder: 'more/a.json'"],
    ['two names that differ by case', () => ({ ...files, VERSION: '2.0.0' }), "'VERSION' twice"],
    ['a changed document', () => ({ ...files, [project()]: files[project()]!.replace('Shop', 'Shed') }), 'was changed'],
    ['a missing document', () => without(project()), 'is missing from the export'],
    [
      'a document that is not listed',
      () => ({ ...files, 'Projects-9.json': '{}' }),
      "does not list its file 'Projects-9.json'",
    ],
    [
      'a manifest that is no JSON',
      () => ({ ...files, 'manifest.json': '{' }),
      "'manifest.json' of the export is not valid JSON",
    ],
    [
      'an entry under the id of another document',
      () =>
        withManifest((manifest) => ({
          ...manifest,
          Entries: (manifest['Entries'] as Json[]).map((one) => ({ ...one, Id: 'Projects-7' })),
        })),
      "does not hold the document 'Projects-7'",
    ],
  ])('refuses %s', async (_, given, sentence) => {
    const reading = read(given());
    await expect(reading).rejects.toThrow(ArchiveFault);
    await expect(reading).rejects.toThrow(sentence);
  });
});

test.each([
  ['2024.4.4121', undefined],
  ['2024.10.1', undefined],
  ['2025.1', undefined],
  ['2024.4.4120', 'newer than this server (2024.4.4120)'],
  ['2024.3.9000', 'This server does not know the change Script0483'],
])('a server of version %s', async (version, refusal) => {
  const archive = await read(files);
  const check = () => checkVersion(version, archive);
  if (refusal === undefined) expect(check).not.toThrow();
  else expect(check).toThrow(refusal);
});

test('a change that this server does not know is refused, whatever version the export names', async () => {
  const archive = await read(
    withManifest((manifest) => ({
      ...manifest,
      SchemaVersions: [...(manifest['SchemaVersions'] as string[]), 'Script0999Later'],
    })),
  );
  expect(() => checkVersion('2024.4.4121', archive)).toThrow('Script0999Later');
});

test('the password vector of a real export', async () => {
  const hello = 'JcafuSlkardd1a+m0w490A==|zk4im4KcPfopuCFadPYygg==';
  const archive = await read(withManifest((manifest) => ({ ...manifest, Hello: hello })));
  expect(() => checkPassword(archive, deriveKey('pass!w0rd'))).not.toThrow();
  expect(() => checkPassword(archive, deriveKey('pass!w0rD'))).toThrow('The password is not the one');
  expect(Buffer.from(deriveKey('pass!w0rd')).toString('hex')).toBe('49642b53cfe936127b6478be8a442187');
});

describe('an import', () => {
  test('warns of a checksum that is not the one of the manifest', async () => {
    const { task, log } = await imported(server, zipOf({ ...files, checksum: 'a'.repeat(40) }));
    expect(task).toMatchObject({ State: 'Success', HasWarningsOrErrors: true });
    expect(log).toContain('Warning  |   The checksum aaaa');
  });

  test('leaves machines out, and warns of types that it does not know', async () => {
    const { task, log } = await imported(server, zipOf(withDocument('Machine', 'Machines-5', { Name: 'web-01' })));
    expect(task['HasWarningsOrErrors']).toBe(false);
    expect(log).toContain("Machine 'web-01' was not imported");
    const unknown = await imported(server, zipOf(withDocument('Gadget', 'Gadgets-5', { Name: 'shiny' })));
    expect(unknown.task).toMatchObject({ State: 'Success', HasWarningsOrErrors: true });
    expect(unknown.log).toContain("Warning  |   Gadget 'shiny' was not imported: its type does not travel");
    expect(await namesOf(server, 'machines')).toEqual([]);
  });

  test('makes teams without members', async () => {
    const team = { Name: 'Keepers', SpaceId: 'Spaces-1-D4C63A85E7894C5D8C20D9297FEA1A43', MemberUserIds: ['Users-9'] };
    await imported(server, zipOf(withDocument('ConfigurableTeam', 'Teams-5', team)));
    const teams = (await server.call('GET', '/api/Spaces-1/teams?take=1000')).json['Items'] as Json[];
    expect(teams.find(({ Name }) => Name === 'Keepers')).toMatchObject({ SpaceId: 'Spaces-1', MemberUserIds: [] });
  });

  test('before 2022.1.2091 refuses a runbook with an emoji in its name', async () => {
    const old = { ...files, 'server-version': '2021.3.1' };
    const manifest = JSON.stringify({ ...manifestOf(files), SchemaVersions: [] });
    const document = withDocument('Runbook', 'Runbooks-5', { Name: 'Go 🚀', ProjectId: 'Projects-1' });
    const emoji = { ...document, 'server-version': old['server-version'] };
    const changed = JSON.stringify({ ...manifestOf(document), SchemaVersions: [] });
    expect(manifest).not.toBe(changed);
    const zip = zipOf({ ...emoji, 'manifest.json': changed, checksum: sha1(changed) });
    const early = await startServer({ sample: false, version: '2022.1.2090' });
    expect((await imported(early, zip)).task).toMatchObject({
      State: 'Failed',
      ErrorMessage: expect.stringContaining('Go 🚀'),
    });
    const later = await startServer({ sample: false, version: '2022.1.2091' });
    expect((await imported(later, zip)).task['State']).toBe('Success');
  });
});
