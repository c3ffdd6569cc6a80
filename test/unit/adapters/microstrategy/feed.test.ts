import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { ArtifactFile } from '../../../../src/ports/artifact.ts';
import { never } from '../../../support/adapter-tools.ts';
import { record } from '../../../support/library-records.ts';
import { all, pkg, project, withLibraries, type Bench, type Call } from '../../../support/library-script.ts';

const store = '/api/mstrServices/library/storage/sharedFileStore/files';
const fileId = 'bWlncmF0aW9ucy5wYWNrYWdlczpDNEVGOEQyMjk0ODA0NzI1OUYyRkQzQkMzNTE2RkI2RA==';
const uploaded = 'C337C6D1FAC94E1998DB162B20D6B95E';
const ref = { id: 'Tutorial', version: '1.0.0-run7' };
const text = 'binary of a package';
const sha256 = createHash('sha256').update(text).digest('hex');
const fileName = `Tutorial.1.0.0-run7.project.object_migration.${project}.mmp`;

const file = (more: Partial<ArtifactFile> = {}): ArtifactFile => ({
  path: `native/${fileName}`,
  size: text.length,
  mediaType: 'application/octet-stream',
  open: async function* () {
    await Promise.resolve();
    yield Buffer.from(text.slice(0, 4));
    yield Buffer.from(text.slice(4));
  },
  ...more,
});

const metadata = (more: object = {}) => ({
  id: fileId,
  type: 'migrations.packages',
  name: 'Tutorial 1.0.0-run7',
  path: 'mstr/shared/migrations/packages/2022-09-07/C4EF8D22948047259F2FD3BC3516FB6D.mmp',
  sha256,
  existing: true,
  size: text.length,
  extension: 'mmp',
  creationDate: '2022-09-07T06:30:01.537+0000',
  lastUpdatedDate: '2022-09-07T07:33:03.652+0000',
  extraInfo: { packageId: uploaded, packageType: 'project', packagePurpose: 'object_migration' },
  ...more,
});
const listed = (...data: object[]): Call => ({
  on: 'target',
  line: `GET ${store}?type=migrations.packages&offset=0&limit=100`,
  answer: { data },
});
const migrations = (...data: object[]): Call => ({
  on: 'target',
  line: 'GET /api/migrations?offset=0&limit=1000&packageInfo.purpose=object_migration%2Cproject_merge%2Cmigration_from_shared_file_store',
  answer: { total: data.length, data },
});
const announced = (extraInfo: object, environment?: object) => (url: Bench['url']) => ({
  name: 'Tutorial 1.0.0-run7',
  type: 'migrations.packages',
  extension: 'mmp',
  size: text.length,
  sha256,
  environment: environment ?? { id: `${url('target')}/`, name: 'prod' },
  extraInfo,
});
const post: Call = {
  on: 'target',
  line: `POST ${store}`,
  headers: { 'content-type': 'application/json' },
  answer: metadata({ existing: false }),
};
const put: Call = {
  on: 'target',
  line: `PUT ${store}/${fileId}/binary`,
  file: { field: 'file', name: fileName, text },
  answer: metadata(),
};
const removed: Call = { on: 'target', line: `DELETE ${store}/${fileId}`, status: 204 };
const stored = {
  id: uploaded,
  version: '',
  fileName: 'Tutorial.1.0.0-run7.project.object_migration.mmp',
  size: text.length,
  digest: { algorithm: 'sha256', hex: sha256 },
  publishedAt: '2022-09-07T07:33:03.652Z',
};

/** The list of the store after an upload. */
const there = listed(metadata());

describe('an upload', () => {
  test('sends size and hash first, then the bytes as a form', async () => {
    const extraInfo = { packageType: 'project', packagePurpose: 'object_migration' };
    await withLibraries([listed(), { ...post, json: announced(extraInfo) }, put, there], async ({ open }) => {
      const { outcome, stored: kept } = await open('target').feed!.upload(file(), ref, 'fail', never);
      expect(outcome).toBe('created');
      expect(kept).toEqual(stored);
    });
  });

  test.each([
    [`x.configuration.object_migration.mmp`, { packageType: 'configuration', packagePurpose: 'object_migration' }],
    [`x.project.project_merge.${project}.mmp`, { packageType: 'project', packagePurpose: 'project_merge' }],
    [
      `x.project_security.object_migration.mmp`,
      { packageType: 'project_security', packagePurpose: 'object_migration' },
    ],
    [`ProjectMigration.mmp`, { packageType: 'project', packagePurpose: 'object_migration' }],
  ])('is described by what its name tells: %s', async (name, extraInfo) => {
    const calls: Call[] = [
      listed(),
      { ...post, json: announced(extraInfo) },
      { ...put, file: { ...put.file!, name } },
      there,
    ];
    await withLibraries(calls, async ({ open }) => {
      const sent = open('target').feed!.upload(file({ path: `native/${name}` }), ref, 'fail', never);
      expect(await sent).toMatchObject({ outcome: 'created' });
    });
  });

  test('names the environment that made it, when its package tells', async () => {
    const environment = { id: 'https://lab/MicroStrategyLibrary/', name: 'lab' };
    const extraInfo = { packageType: 'project', packagePurpose: 'object_migration' };
    const calls: Call[] = [listed(), { ...post, json: announced(extraInfo, environment) }, put, there];
    await withLibraries(calls, async ({ open }) => {
      const origin = { name: 'lab', url: 'https://lab/MicroStrategyLibrary' };
      const sent = open('target').feed!.upload(file({ origin }), ref, 'fail', never);
      expect(await sent).toMatchObject({ outcome: 'created' });
    });
  });

  test.each([['said beforehand', file({ size: 2 * 1024 ** 3 + 1 })]])(
    'larger than 2 GB is refused before anything is sent (%s)',
    async (_, large) => {
      await withLibraries([], async ({ open }) => {
        await expect(() => open('target').feed!.upload(large, ref, 'fail', never)).toThrowCode('UNSUPPORTED');
      });
    },
  );

  test.each([
    ['the same name and bytes', 'keep', 'kept', metadata()],
    ['the same bytes under another name', 'keep', 'kept', metadata({ name: 'other' })],
    ['the same name and bytes', 'fail', 'CONFLICT', metadata()],
    ['the same name', 'keep', 'CONFLICT', metadata({ sha256: 'f'.repeat(64) })],
  ] as const)('that finds %s there, with `%s`, is %s', async (_, onConflict, expected, there) => {
    await withLibraries([listed(there)], async ({ open }) => {
      const upload = () => open('target').feed!.upload(file(), ref, onConflict, never);
      if (expected === 'CONFLICT') await expect(upload).toThrowCode('CONFLICT');
      else expect((await upload()).outcome).toBe(expected);
    });
  });

  test('that overwrites deletes the old file when the new one is there', async () => {
    const old = metadata({ id: 'b2xk', sha256: 'f'.repeat(64) });
    const calls: Call[] = [listed(old), post, put, there, { on: 'target', line: `DELETE ${store}/b2xk`, status: 204 }];
    await withLibraries(calls, async ({ open }) => {
      expect((await open('target').feed!.upload(file(), ref, 'overwrite', never)).outcome).toBe('overwritten');
    });
  });

  test('completes what an earlier attempt announced, and deletes announcements of other bytes', async () => {
    const begun = metadata({ existing: false });
    await withLibraries([listed(begun), put, there], async ({ open }) => {
      expect((await open('target').feed!.upload(file(), ref, 'fail', never)).outcome).toBe('created');
    });
    const stale = metadata({ existing: false, size: 1 });
    await withLibraries([listed(stale), removed, post, put, there], async ({ open }) => {
      await open('target').feed!.upload(file(), ref, 'fail', never);
    });
  });

  test('is looked for when its announcement gets no answer', async () => {
    const calls: Call[] = [listed(), { ...post, fault: 'reset' }, listed(metadata({ existing: false })), put, there];
    await withLibraries(calls, async ({ open }) => {
      expect((await open('target').feed!.upload(file(), ref, 'fail', never)).outcome).toBe('created');
    });
  });

  test('sends its bytes again when they were lost', async () => {
    await withLibraries([listed(), post, { ...put, fault: 'reset' }, put, there], async ({ open }) => {
      const sent = open('target').feed!.upload(file(), ref, 'fail', never);
      expect(await sent).toMatchObject({ outcome: 'created' });
    });
  });

  test.each([
    ['stored differently', { answer: metadata({ size: 3 }) }, 'REMOTE_UNEXPECTED'],
    ['not stored', { answer: metadata({ existing: false }) }, 'REMOTE_UNEXPECTED'],
    ['refused', { status: 400, answer: { code: 'ERR006', message: 'sha256 does not match' } }, 'REMOTE_UNEXPECTED'],
  ] as const)('%s is taken back and told', async (_, fault, code) => {
    await withLibraries([listed(), post, { ...put, ...fault }, removed], async ({ open }) => {
      await expect(() => open('target').feed!.upload(file(), ref, 'fail', never)).toThrowCode(code);
    });
  });

  test.each([
    ['lacks it', listed()],
    ['has it without its bytes', listed(metadata({ existing: false }))],
    ['has other bytes', listed(metadata({ sha256: 'f'.repeat(64) }))],
  ])('is taken back when the server says that it stored the file, and its list %s', async (_, after) => {
    await withLibraries([listed(), post, put, after, removed], async ({ open }) => {
      await expect(() => open('target').feed!.upload(file(), ref, 'fail', never)).toThrowCode('REMOTE_UNEXPECTED');
    });
  });

  test('leaves nothing behind when its file changed meanwhile', async () => {
    let reading = 0;
    const changing = file({
      open: async function* () {
        await Promise.resolve();
        yield Buffer.from(text.slice(0, reading++ === 0 ? undefined : 3));
      },
    });
    await withLibraries([listed(), post, removed], async ({ open }) => {
      await expect(() => open('target').feed!.upload(changing, ref, 'fail', never)).toThrowCode('LOCAL_IO');
    });
  });
});

describe('the packages of a Library', () => {
  const made = record({ packageInfo: { status: 'locked' } });
  const gone = record({ packageInfo: { id: '1'.repeat(32), existing: false } });
  const making = record({ packageInfo: { id: '2'.repeat(32), status: 'creating' } });
  const imported = record({ packageInfo: { id: uploaded, purpose: 'migration_from_shared_file_store' } });
  const unfinished = metadata({ existing: false, extraInfo: { packageId: '3'.repeat(32) } });

  test('are the complete uploads and the packages that were made, each once', async () => {
    const calls = [listed(metadata(), unfinished), migrations(made, gone, making, imported)];
    await withLibraries([...calls, ...calls], async ({ open }) => {
      const feed = open('target').feed!;
      const items = await all(feed.list(undefined, never));
      expect(items.map(({ id, size }) => [id, size])).toEqual([
        [uploaded, text.length],
        [pkg, 9],
      ]);
      expect(await all(feed.list('microstrategy-tutorial 1.0.0-run7', never))).toHaveLength(1);
    });
  });

  test.each([
    ['an upload', { id: uploaded, version: '' }, [listed(metadata())], `GET ${store}/${fileId}/binary`, text],
    ['an upload by its name', ref, [listed(metadata())], `GET ${store}/${fileId}/binary`, text],
    [
      'one made here',
      { id: pkg, version: '' },
      [listed(), migrations(made)],
      `GET /api/migrations/packages/${pkg}/binary`,
      '9 bytes x',
    ],
  ] as const)('%s is downloaded from where it lies', async (_, wanted, calls, line, content) => {
    await withLibraries([...calls, { on: 'target', line, text: content }], async ({ open }) => {
      const got = await open('target').feed!.download(wanted, never);
      expect(Buffer.concat(await all(got.open(never))).toString()).toBe(content);
    });
  });

  test('an upload whose bytes have another hash fails', async () => {
    const forged: Call = { on: 'target', line: `GET ${store}/${fileId}/binary`, text: text.toUpperCase() };
    await withLibraries([listed(metadata()), forged], async ({ open }) => {
      const got = await open('target').feed!.download(ref, never);
      await expect(() => all(got.open(never))).toThrowCode('REMOTE_UNEXPECTED');
    });
  });

  const record404 = { status: 404, answer: { code: 'ERR006', message: 'Package not found' } };
  const unrecorded = (id: string): Call => ({
    on: 'target',
    line: `DELETE /api/migrations?packageId=${id}`,
    status: 204,
  });

  test.each<[string, string, Call[], string]>([
    ['file first, then record', uploaded, [listed(metadata()), removed, unrecorded(uploaded)], 'deleted'],
    [
      'a file that was never imported',
      uploaded,
      [listed(metadata()), removed, { ...unrecorded(uploaded), ...record404 }],
      'deleted',
    ],
    ['only a record', pkg, [listed(), migrations(made), listed(), unrecorded(pkg)], 'deleted'],
    ['nothing', pkg, [listed(), migrations(), listed(), { ...unrecorded(pkg), ...record404 }], 'absent'],
    [
      'bytes that never arrived',
      '3'.repeat(32),
      [listed(unfinished), migrations(), listed(unfinished), removed, { ...unrecorded('3'.repeat(32)), ...record404 }],
      'deleted',
    ],
  ])('are deleted: %s', async (_, id, calls, outcome) => {
    await withLibraries(calls, async ({ open }) => {
      expect(await open('target').feed!.delete({ id, version: '' }, never)).toBe(outcome);
    });
  });

  test.each([
    ['x.zip', undefined],
    ['.mmp', undefined],
    ['Project Migration.mmp', { id: 'Project-Migration', version: '' }],
    [`${uploaded.toLowerCase()}.mmp`, { id: uploaded, version: '' }],
    [fileName, ref],
    ['Q3.2026.1.0.0-a.configuration.object_migration.mmp', { id: 'Q3.2026', version: '1.0.0-a' }],
  ])('the file %s means %j', async (name, expected) => {
    await withLibraries([], ({ open }) => {
      expect(open().feed!.parseFileName(name)).toEqual(expected);
      return Promise.resolve();
    });
  });
});
