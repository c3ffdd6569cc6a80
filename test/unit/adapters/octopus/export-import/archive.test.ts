import { describe, expect, test } from '@jest/globals';
import { readExport } from '../../../../../src/adapters/octopus/export-import/archive.ts';
import { contentsOf, slim } from '../../../../../src/adapters/octopus/export-import/contents.ts';
import { limitsOf } from '../../../../../src/adapters/octopus/export-import/limits.ts';
import type { ArtifactFile } from '../../../../../src/ports/artifact.ts';
import { never } from '../../../../support/adapter-tools.ts';
import { exportZip, shop, type ZipChoices } from '../../../../support/export-zip.ts';
import { zipOf } from '../../../../support/zip.ts';

function fileOf(bytes: Buffer): ArtifactFile {
  const part = async function* (start: number, end: number) {
    yield bytes.subarray(start, end);
    await Promise.resolve();
  };
  return {
    path: 'native/export.zip',
    size: bytes.length,
    mediaType: 'application/zip',
    open: () => part(0, bytes.length),
    range: (start, length) => part(start, start + length),
  };
}

const read = (bytes: Buffer, options = {}) => readExport(fileOf(bytes), limitsOf(options), slim, never);
const made = (choices: ZipChoices) => exportZip(shop, choices);

describe('an export that is whole', () => {
  test('is read with its release, its canary and the documents that are needed', async () => {
    const archive = await read(exportZip(shop));
    expect(archive).toMatchObject({ serverVersion: '2024.4.4121', remarks: [] });
    expect(archive.entries).toHaveLength(shop.length);
    expect(JSON.stringify(archive.documents)).not.toContain('c2VjcmV0');
  });

  test('tells its contents in the kinds and names of snapshots', async () => {
    const { projects, shared, parts, teams, logos, packages } = contentsOf(await read(exportZip(shop)));
    expect(projects).toEqual(['Web Shop']);
    expect(shared.map(({ kind, name }) => `${kind} ${name}`).sort()).toEqual([
      'environment Dev',
      'lifecycle Standard',
      'project-group Shops',
      'tenant Acme',
      'variable-set Common',
    ]);
    expect(parts.map(({ kind, name }) => `${kind} ${name}`).sort()).toEqual([
      'channel Web Shop/Default',
      'process Web Shop',
      'set-variable Common/Region',
      'set-variable Common/Tier',
      'variable Web Shop/Token',
      'variable Web Shop/Url [Environment: Dev]',
    ]);
    expect({ teams, logos, packages }).toEqual({ teams: ['Release Team'], logos: ['Acme'], packages: ['Acme.Web'] });
  });

  test('names a certificate as the product finds it, whether its document has a thumbprint or not', async () => {
    const certificate = (number: number, fields: object) => ({
      ...{ type: 'Certificate', id: `Certificates-${number}`, name: 'CertP', fields: { ...fields } },
    });
    const zip = exportZip([...shop, certificate(1, {}), certificate(2, { Thumbprint: 'AA11' })]);
    const { shared } = contentsOf(await read(zip));
    expect(shared.filter(({ kind }) => kind === 'certificate').map(({ name }) => name)).toEqual(['CertP', 'CertP (2)']);
  });

  test('is whole whatever its checksum says', async () => {
    expect((await read(made({ members: { checksum: 'anything at all' } }))).remarks).toEqual([]);
  });

  test.each([
    ['checksum', null, 'lacks members that exports have: checksum'],
    ['version', null, 'lacks members that exports have: version'],
    ['version', '9.0.0', 'form "9.0.0"'],
  ])('with the small member %s as %j is told', async (name, content, words) => {
    expect((await read(made({ members: { [name]: content } }))).remarks.join()).toContain(words);
  });

  test('with a member that the manifest does not list is told', async () => {
    const { remarks } = await read(made({ members: { 'extra.json': '{}' } }));
    expect(remarks.join()).toContain('extra.json');
  });

  test('that is larger than 100 MiB is told, and is no fault', async () => {
    const { remarks } = await read(made({ members: { 'one.json': 'a'.repeat(105 * 1024 * 1024) } }));
    expect(remarks.join()).toContain('105 MiB');
  });
});

describe('an export that is not whole', () => {
  test.each<[string, Buffer, string]>([
    ['no zip', Buffer.from('hello'), 'not a zip'],
    ['a zip that is cut off', exportZip(shop).subarray(0, 2000), 'not a zip'],
    ['without an index', made({ members: { 'manifest.json': null } }), 'manifest.json'],
    ['with another index', made({ members: { 'manifest.json': '[]' } }), 'manifest.json'],
    ['without the release of its server', made({ members: { 'server-version': null } }), 'server-version'],
    ['with a release that is none', made({ members: { 'server-version': 'new' } }), 'server-version'],
    ['with another hash', made({ damaged: 'Environments-1' }), 'Environments-1'],
    [
      'with a missing document',
      exportZip(shop, { members: { [`Tenants-1-D4C63A85E7894C5D8C20D9297FEA1A43.json`]: null } }),
      'Tenants-1',
    ],
    ['with nothing in its index', exportZip([]), 'no project'],
    ['without a project', exportZip(shop.slice(1)), 'no project'],
    ['with a document that its index names twice', exportZip([...shop, ...shop.slice(0, 1)]), 'more than once'],
    ['with a canary of another form', made({ hello: 'nonsense' }), 'Hello'],
    ['without a canary', made({ hello: '' }), 'Hello'],
    ['with a folder', made({ members: { 'a/b.json': '{}' } }), 'a/b.json'],
    ['with a way out', made({ members: { '..': '{}' } }), '..'],
    ['with two names that are one on some disks', made({ members: { Checksum: 'x' } }), 'hecksum'],
    ['with an archive by its name', made({ members: { 'inner.zip': 'x' } }), 'inner.zip'],
  ])('%s is refused, and the thing is named', async (_, bytes, named) => {
    await expect(() => read(bytes)).toThrowCode('PACKAGE_MALFORMED');
    await expect(read(bytes)).rejects.toThrow(named);
  });

  test('with an archive in a document is refused', async () => {
    const inner = zipOf({ a: 'b' }).toString('latin1');
    await expect(() => read(made({ members: { version: inner, 'server-version': inner } }))).toThrowCode(
      'PACKAGE_MALFORMED',
    );
  });

  test('beyond a limit is refused, and the flag is named', async () => {
    await expect(read(exportZip(shop), { zipEntries: '4' })).rejects.toMatchObject({
      message: expect.stringContaining('--zip-entries'),
      hint: expect.stringMatching(/^allow more/),
    });
    const long = exportZip([{ type: 'Project', id: 'Projects-1', name: 'a'.repeat(1_200_000) }]);
    await expect(read(long, { zipEntrySize: '1MiB' })).rejects.toThrow('--zip-entry-size');
  });

  test.each([{ zipEntries: 'many' }, { zipEntries: '0' }, { zipEntrySize: '5' }, { zipEntrySize: '0MiB' }])(
    'the limit %j is refused as an option',
    async (options) => {
      await expect(async () => read(exportZip(shop), options)).toThrowCode('USAGE');
      await expect(async () => read(exportZip(shop), options)).rejects.toThrow(/^--zip-entr(?:ies|y-size) must be/);
    },
  );
});
