import { describe, expect, test } from '@jest/globals';
import type { Options } from '../../../../src/ports/options.ts';
import { never } from '../../../support/adapter-tools.ts';
import { notFound, record, tutorial, undoStorage, year } from '../../../support/library-records.ts';
import { otherProject, project, withLibraries, type Bench, type Call } from '../../../support/library-script.ts';

const fileId = 'bWlncmF0aW9ucy5wYWNrYWdlczpDNEVGOEQyMjk0ODA0NzI1OUYyRkQzQkMzNTE2RkI2RA==';
const packageId = 'C337C6D1FAC94E1998DB162B20D6B95E';
const id = `${packageId}:C5B8D2D7B76641E1817496B1D77EE09A`;
const source = { id: packageId, version: '' };
const upload = (extra: object = {}): Call => ({
  on: 'target',
  line: 'GET /api/mstrServices/library/storage/sharedFileStore/files?type=migrations.packages&offset=0&limit=100',
  answer: {
    data: [
      {
        id: fileId,
        name: 'MicroStrategy-Tutorial 1.0.0-x',
        existing: true,
        size: 600,
        extraInfo: { packageId, packageType: 'project', packagePurpose: 'object_migration', ...extra },
      },
    ],
  },
});
const projects: Call = {
  on: 'target',
  line: 'GET /api/projects',
  answer: [
    { id: otherProject, name: 'Human Resources', status: 0 },
    { ...tutorial, status: 0 },
  ],
};
const begun = (...ids: string[]): Call => ({
  on: 'target',
  line: 'GET /api/migrations?offset=0&limit=1000&packageInfo.purpose=object_migration%2Cproject_merge%2Cmigration_from_shared_file_store',
  answer: {
    total: ids.length,
    data: ids.map((one) => ({
      ...record({ packageInfo: { id: packageId, purpose: 'migration_from_shared_file_store' } }),
      id: one,
    })),
  },
});
const file = (name: string) => ({
  path: `native/${name}`,
  size: 600,
  mediaType: 'application/octet-stream',
  open: async function* () {
    await Promise.resolve();
    yield Buffer.alloc(0);
  },
});
const files = [file(`MicroStrategy-Tutorial.1.0.0-x.project.object_migration.${project}.mmp`)];

const prepare = (
  calls: readonly Call[],
  request: {
    options?: Options;
    exportedWith?: Options;
    files?: typeof files;
    dryRun?: boolean;
    source?: typeof source;
  },
) =>
  withLibraries(calls, ({ open }) =>
    open('target').imports!.prepare({ source, dryRun: false, options: {}, ...request }, never),
  );

describe('an import', () => {
  test('of an upload starts at once, with its project, and is watched to its end', async () => {
    const settled = { packageId, fileId, projectId: project, projectName: tutorial.name, earlier: [] };
    const post: Call = {
      on: 'target',
      line: 'POST /api/migrations',
      headers: { 'x-mstr-projectid': project },
      status: 201,
      answer: {
        id,
        packageInfo: { id: packageId, status: 'locked', progress: 100 },
        importInfo: {
          id: id.split(':')[1],
          status: 'importing',
          importRequestStatus: 'approved',
          undoRequestStatus: 'pending',
        },
      },
    };
    const seen = (importInfo: object): Call => ({
      on: 'target',
      line: `GET /api/migrations/${id}`,
      answer: {
        ...record({
          packageInfo: {
            id: packageId,
            status: 'locked',
            replicated: true,
            purpose: 'migration_from_shared_file_store',
          },
          importInfo,
        }),
        id,
      },
    });
    const calls = [post, seen({ status: 'importing', progress: 20 }), seen({ status: 'imported', undoStorage })];
    await withLibraries(calls, async ({ open }) => {
      const adapter = open('target');
      expect(await adapter.imports!.start({ source, dryRun: false, settled, notes: [] }, {}, [], never)).toBe(id);
      await adapter.jobs.advance!(id, never);
      expect(await adapter.jobs.status(id, never)).toMatchObject({ kind: 'import', state: 'running', fraction: 0.2 });
      expect(await adapter.jobs.status(id, never)).toMatchObject({ kind: 'import', state: 'succeeded', messages: [] });
    });
  });

  test.each<[string, object, string | null]>([
    ['a project', { projectId: project, projectName: tutorial.name }, project],
    ['the configuration', {}, null],
  ])('into %s sends what the product documents', async (_, into, header) => {
    const target = 'projectId' in into ? { project: tutorial } : {};
    const posted: Call = {
      on: 'target',
      line: 'POST /api/migrations',
      headers: { 'x-mstr-projectid': header },
      answer: { id, packageInfo: { id: packageId, status: 'locked' }, importInfo: { status: 'importing' } },
    };
    const settings = { username: 'ann', environmentName: 'Edge' };
    const json = (url: Bench['url']) => ({
      packageInfo: {
        storage: { sharedFileStore: { files: { id: fileId } } },
        purpose: 'migration_from_shared_file_store',
      },
      importInfo: { environment: { id: `${url('target')}/`, name: 'Edge' }, ...target },
    });
    await withLibraries([{ ...posted, json }], async ({ open }) => {
      const settled = { packageId, fileId, ...into, earlier: [] };
      const { imports } = open('target', { settings });
      expect(await imports!.start({ source, dryRun: false, settled, notes: [] }, {}, [], never)).toBe(id);
    });
  });

  test.each([
    ['none before', [], [id], id],
    ['one before', ['x:1'], ['x:1', id], id],
    ['none at all', [], [], undefined],
  ])('after a lost answer is the one that was not there before: %s', async (_, earlier, there, expected) => {
    await withLibraries([begun(...there)], async ({ open }) => {
      const prepared = { source, dryRun: false, settled: { packageId, earlier }, notes: [] };
      expect(await open('target').imports!.find(prepared, new Date(), never)).toBe(expected);
    });
  });

  test('is a CONFLICT when two imports fit', async () => {
    await withLibraries([begun('x:1', 'x:2')], async ({ open }) => {
      const prepared = { source, dryRun: false, settled: { packageId, earlier: [] }, notes: [] };
      await expect(() => open('target').imports!.find(prepared, new Date(), never)).toThrowCode('CONFLICT');
    });
  });
});

describe('the project that an import goes into', () => {
  test.each<[string, { options?: Options; files?: typeof files }, string]>([
    ['is the named one', { options: { targetProject: 'human resources' }, files }, otherProject],
    ['has the id that the file tells', { files }, project],
    ['has the name that the package has', {}, project],
  ])('%s', async (_, request, expected) => {
    const prepared = await prepare([upload(), projects, begun()], request);
    expect(prepared.settled['projectId']).toBe(expected);
    expect(JSON.parse(JSON.stringify(prepared))).toEqual(prepared);
  });

  test('has to be named when nothing tells it', async () => {
    const foreign = { ...projects, answer: [{ id: otherProject, name: 'Human Resources', status: 0 }] };
    await expect(() => prepare([upload(), foreign], {})).toThrowCode('NOT_FOUND');
  });

  test('does not exist for a package of the configuration', async () => {
    const prepared = await prepare([upload({ packageType: 'configuration' }), begun()], {});
    expect(prepared.settled).not.toHaveProperty('projectId');
  });
});

describe('refused', () => {
  const nothing: Call = { ...upload(), answer: { data: [] } };

  test('a package that is not there', async () => {
    await expect(() => prepare([nothing, begun()], {})).toThrowCode('NOT_FOUND');
  });

  test('a package that the Library made itself', async () => {
    const made: Call = { ...begun(), answer: { total: 1, data: [record({ packageInfo: { id: packageId } })] } };
    await expect(() => prepare([nothing, made], {})).toThrowCode('UNSUPPORTED');
  });

  test('--request-only, because nobody is asked to approve', async () => {
    await expect(() => prepare([], { options: { requestOnly: true } })).toThrowCode('UNSUPPORTED');
  });
});

test('a dry run of a file uploads nothing, and says that the server cannot validate it', async () => {
  const none: Call = { ...upload(), answer: { data: [] } };
  const prepared = await prepare([none, begun(), projects], {
    dryRun: true,
    files,
    source: { id: 'MicroStrategy-Tutorial', version: '1.0.0-x' },
  });
  expect(prepared.settled['projectId']).toBe(project);
  expect(prepared.notes.join()).toContain('cannot validate');
});

describe('the plan of an import, whose package cannot be read, is made from the options of its export', () => {
  const object = (answer: object, status = 200): Call => ({
    on: 'target',
    line: `GET /api/objects/${year.id}?type=12`,
    headers: { 'x-mstr-projectid': project },
    status,
    answer,
  });
  const search = (...result: object[]): Call => ({
    on: 'target',
    line: 'GET /api/searches/results?type=12&name=Year&pattern=2&limit=100&offset=0',
    headers: { 'x-mstr-projectid': project },
    answer: { totalItems: result.length, result },
  });
  const named = (rule: string) => ({ object: [`${year.id}:attribute:${rule}`] });
  const item = { kind: 'attribute', name: year.id };

  test.each<[string, Options, Call[], object, boolean]>([
    ['an object that is there', named('replace'), [object(year)], { name: 'Year', action: 'overwrite' }, true],
    ['one that is not there', named('replace'), [object(notFound, 404)], { ...item, action: 'create' }, false],
    ['one that stays', named('use_existing'), [object(year)], { name: 'Year', action: 'keep' }, true],
    ['one that is deleted', named('delete'), [object(year)], { name: 'Year', action: 'delete' }, false],
    [
      'one by name',
      { object: ['Year:attribute'], defaultAction: 'replace' },
      [search(year)],
      { action: 'overwrite' },
      true,
    ],
    ['an absent one by name', { object: ['Year:12:replace'] }, [search()], { name: 'Year', action: 'create' }, false],
    [
      'a whole project',
      { defaultAction: 'use_newer' },
      [],
      { kind: 'project', name: tutorial.name, action: 'overwrite' },
      true,
    ],
    ['a whole project that stays', { defaultAction: 'use_existing' }, [], { kind: 'project', action: 'keep' }, true],
    ['what nobody tells', {}, [], { action: 'overwrite', detail: 'by the rules that were packed with it' }, false],
    ['options that are none', { defaultAction: 'whatever' }, [], { action: 'overwrite' }, false],
  ])('%s', async (_, exportedWith, calls, expected, isGiven) => {
    const all = [upload(), projects, ...calls, begun()];
    const { plan } = await prepare(all, { files, exportedWith });
    expect(plan).toMatchObject([expected]);
    expect(plan?.[0]?.asked).toBe(isGiven ? true : undefined);
  });

  describe('with the ids and versions that the export had resolved', () => {
    const resolved = (facts: object): Options => ({
      object: [`${year.id}:12:replace`],
      resolved: [JSON.stringify({ id: year.id, name: 'Year', version: 'V1', ...facts })],
    });
    const there = (more: object) => object({ ...year, version: 'V1', ...more });
    const ancestors = (...names: string[]) => ({
      ancestors: ['MicroStrategy Tutorial', ...names].map((name, at, all) => ({
        name,
        id: name,
        level: all.length - at,
      })),
    });
    const folder = { folderId: 'Reports', folder: 'Public Objects/Reports' };

    test.each<[string, Options, Call, object]>([
      ['an equal one', resolved({}), there({}), { action: 'unchanged' }],
      ['another version', resolved({}), there({ version: 'V2' }), { action: 'overwrite' }],
      ['one that was renamed there', resolved({}), there({ name: 'Jahr', version: 'V2' }), { action: 'overwrite' }],
      ['one that is not there, but another of its name', resolved({}), object(notFound, 404), { action: 'create' }],
      [
        'an equal one in another folder',
        resolved(folder),
        there(ancestors('Public Objects', 'Old')),
        { action: 'overwrite', detail: expect.stringContaining('moves to the folder Public Objects/Reports') },
      ],
      [
        'an equal one in the same folder',
        resolved(folder),
        there(ancestors('Public Objects', 'Reports')),
        { action: 'unchanged' },
      ],
    ])('%s', async (_, exportedWith, call, expected) => {
      const { plan, scope } = await prepare([upload(), projects, call, begun()], { files, exportedWith });
      expect(plan).toMatchObject([{ kind: 'attribute', id: year.id, ...expected }]);
      expect(scope).toEqual({ project, object: [`${year.id}:12`] });
    });
  });

  test('says that a name alone may mean another object', async () => {
    const calls = [upload(), projects, search(year), begun()];
    const { plan } = await prepare(calls, { files, exportedWith: { object: ['Year:attribute:replace'] } });
    expect(plan).toMatchObject([{ id: year.id, detail: expect.stringContaining('by its name only') }]);
  });

  test.each<[Options, boolean | undefined]>([
    [named('use_existing'), true],
    [{ object: [`${year.id}:attribute`], defaultAction: 'use_existing' }, true],
    [
      { object: [`${year.id}:attribute`], resolved: [JSON.stringify({ id: year.id, dateModified: '2020-01-01' })] },
      undefined,
    ],
  ])('tells that a kept object was asked for, by %j', async (exportedWith, asked) => {
    const newer = object({ ...year, version: 'V2', dateModified: '2021-01-01T00:00:00.000Z' });
    const { plan } = await prepare([upload(), projects, newer, begun()], { files, exportedWith });
    expect(plan).toMatchObject([{ action: 'keep' }]);
    expect(plan![0]!.asked).toBe(asked);
  });

  test('is left out when the account may not look', async () => {
    const calls = [upload(), projects, object({ code: 'ERR014', message: 'no' }, 403), begun()];
    expect((await prepare(calls, { files, exportedWith: named('replace') })).plan).toEqual([]);
  });

  test('names roles and filters, not users, for the security of a project', async () => {
    const calls = [
      upload({ packageType: 'project_security' }),
      projects,
      { ...object(year), line: `GET /api/objects/${year.id}?type=34` },
      begun(),
    ];
    const { plan } = await prepare(calls, { files, exportedWith: { object: [`${year.id}:user:replace`] } });
    expect(plan).toMatchObject([{ kind: 'user', action: 'overwrite', detail: expect.stringContaining('roles') }]);
  });
});
