import { describe, expect, test } from '@jest/globals';
import type { Options } from '../../../../src/ports/options.ts';
import { never } from '../../../support/adapter-tools.ts';
import { brief, record, tutorial, year } from '../../../support/library-records.ts';
import {
  all,
  migration,
  otherProject,
  pkg,
  project,
  withLibraries,
  type Call,
} from '../../../support/library-script.ts';

const job = `${migration}/export`;
const projects: Call = {
  on: 'source',
  line: 'GET /api/projects',
  answer: [
    { ...tutorial, status: 0 },
    { id: otherProject, name: 'Human Resources', status: 1 },
  ],
};
const found = (object: { id: string; type: number }, header: string | null = project): Call => ({
  on: 'source',
  line: `GET /api/objects/${object.id}?type=${object.type}`,
  headers: { 'x-mstr-projectid': header },
  answer: { ...object, version: 'V', acg: 255 },
});
const user = { id: '54F3D26011D2896560009A8E67019608', name: 'Administrator', type: 34 };

async function packageInfo(options: Options, calls: readonly Call[], wanted: readonly string[] = [tutorial.name]) {
  return withLibraries(calls, async ({ open, url }) => {
    const prepared = await open().exports!.prepare({ projects: wanted, packageVersion: '1.0.0-x', options }, never);
    expect(JSON.parse(JSON.stringify(prepared))).toEqual(prepared);
    const body = JSON.parse(String(prepared.settled['body'])) as {
      packageInfo: Record<string, unknown>;
      importInfo: object;
    };
    expect(body.importInfo).toEqual({});
    expect(body.packageInfo['environment']).toEqual({ id: `${url('source')}/`, name: 'lab' });
    return { prepared, info: body.packageInfo };
  });
}

describe('the request for a package', () => {
  const object = { object: [`${year.id}:attribute`] };
  const settings = (info: Record<string, unknown>) => (info['tocView'] as { settings: object }).settings;
  const usual = {
    updateSchema: [],
    aclOnReplacingObjects: 'use_existing',
    aclOnNewObjects: ['keep_acl_as_source_object'],
    defaultAction: 'use_newer',
  };

  test.each<[string, Options, object]>([
    ['nothing else said', {}, usual],
    ...['use_existing', 'replace', 'keep_both', 'use_newer', 'use_older', 'force_replace', 'delete'].map(
      (rule): [string, Options, object] => [rule, { defaultAction: rule }, { ...usual, defaultAction: rule }],
    ),
    ['ACLs on replacing', { aclOnReplacing: 'replace' }, { ...usual, aclOnReplacingObjects: 'replace' }],
    [
      'ACLs on new',
      { aclOnNew: 'inherit_acl_as_dest_folder' },
      { ...usual, aclOnNewObjects: ['inherit_acl_as_dest_folder'] },
    ],
    [
      'schema updates',
      { updateSchema: ['recal_table_logical_size', 'update_schema_logical_info'] },
      { ...usual, updateSchema: ['recal_table_logical_size', 'update_schema_logical_info'] },
    ],
  ])('settings: %s', async (_, options, expected) => {
    const { info } = await packageInfo({ ...object, ...options }, [projects, found(year)]);
    expect(settings(info)).toEqual(expected);
    expect(info).toMatchObject({ type: 'project', name: 'MicroStrategy-Tutorial 1.0.0-x', treeView: {} });
    expect(info).not.toHaveProperty('purpose');
  });

  test.each<[string, Options, object]>([
    ['its own rule', { object: [`${year.id}:12:use-newer`] }, { action: 'use_newer', includeDependents: false }],
    ['dependents', { object: [`${year.id}:Attribute:dependents`] }, { action: 'use_newer', includeDependents: true }],
    ['both', { object: [`${year.id}:12:delete:dependents`] }, { action: 'delete', includeDependents: true }],
    ['the common rule', { ...object, action: 'keep_both' }, { action: 'keep_both', includeDependents: false }],
    ['the default one', { ...object, defaultAction: 'replace' }, { action: 'replace', includeDependents: false }],
    ['dependents for all', { ...object, includeDependents: true }, { action: 'use_newer', includeDependents: true }],
    [
      'a JSON list',
      { objects: JSON.stringify([{ id: year.id, type: 'attribute', action: 'replace', includeDependents: true }]) },
      { action: 'replace', includeDependents: true },
    ],
    [
      'a JSON list with a name',
      { objects: JSON.stringify({ objects: [{ id: year.id, type: 12 }] }) },
      { action: 'use_newer', includeDependents: false },
    ],
    [
      'a CSV list',
      { objects: `id,name,type,action,includeDependents\r\n${year.id},"Ye""ar, x",12,force_replace,yes\r\n\r\n` },
      { action: 'force_replace', includeDependents: true },
    ],
    [
      'a CSV list with a mark at its begin',
      { objects: `\uFEFFType,ID\n12,${year.id}\n` },
      { action: 'use_newer', includeDependents: false },
    ],
  ])('an object with %s', async (_, options, expected) => {
    const { info } = await packageInfo(options, [projects, found(year)]);
    expect(info['tocView']).toMatchObject({ content: [{ ...year, ...expected }] });
  });

  test.each<[string, Options, RegExp]>([
    ['an object', { ...object, action: 'use_existing' }, /nothing is copied.*Year/],
    [
      'dependents',
      { ...object, action: 'replace', includeDependents: true, defaultAction: 'use_existing' },
      /dependents that the target lacks/,
    ],
    ['a whole project', { defaultAction: 'use_existing' }, /merge by the rule use_existing copies nothing/],
  ])('warns of the rule use_existing for %s, because it copies nothing', async (_, options, note) => {
    const calls = 'object' in options ? [projects, found(year)] : [projects];
    expect((await packageInfo(options, calls)).prepared.notes.join('\n')).toMatch(note);
    const { prepared } = await packageInfo({ ...options, action: 'replace', defaultAction: 'replace' }, calls);
    expect(prepared.notes.join()).not.toContain('use_existing');
  });

  test('is a merge without content when no objects are named', async () => {
    const { info, prepared } = await packageInfo({ defaultAction: 'replace' }, [projects]);
    expect(info).toMatchObject({
      purpose: 'project_merge',
      tocView: { settings: { ...usual, defaultAction: 'replace' } },
    });
    expect(info['tocView']).not.toHaveProperty('content');
    expect(prepared.settled['project']).toBe(project);
    expect(prepared.notes.join()).toContain('whole project');
  });

  test('names no project for the configuration', async () => {
    const options = { packageType: 'configuration', object: [`${user.id}:user`] };
    const { info, prepared } = await packageInfo(options, [found(user, null)], []);
    expect(info).toMatchObject({ type: 'configuration', tocView: { content: [{ ...user }] } });
    expect(settings(info)).not.toHaveProperty('updateSchema');
    expect(prepared).toMatchObject({ projects: [], package: { id: 'configuration' } });
    expect(prepared.settled).not.toHaveProperty('project');
  });

  test('has neither schema updates nor ACLs for the security of a project', async () => {
    const options = { packageType: 'project_security', object: [`${user.id}:34`] };
    const { info } = await packageInfo(options, [projects, found(user)]);
    expect(settings(info)).toEqual({ ...usual, updateSchema: null, aclOnReplacingObjects: null });
  });

  test('finds an object by its whole name and its type', async () => {
    const search: Call = {
      on: 'source',
      line: 'GET /api/searches/results?type=12&name=Year%3A%20old&pattern=2&limit=100&offset=0',
      headers: { 'x-mstr-projectid': project },
      answer: { totalItems: 1, result: [{ ...year, name: 'Year: old' }] },
    };
    const { info } = await packageInfo({ object: ['Year: old:12'] }, [
      projects,
      search,
      found({ ...year, name: 'Year: old' } as never),
    ]);
    expect(info['tocView']).toMatchObject({ content: [{ id: year.id, name: 'Year: old' }] });
  });
});

describe('refused before anything is made', () => {
  test.each<[string, Options, string]>([
    ['a user in a project package', { object: [`${user.id}:user`] }, 'USAGE'],
    ['a report in a configuration package', { packageType: 'configuration', object: [`${year.id}:report`] }, 'USAGE'],
    [
      'a report in a project_security package',
      { packageType: 'project_security', object: [`${year.id}:report`] },
      'USAGE',
    ],
    ['a configuration package without objects', { packageType: 'configuration' }, 'USAGE'],
    [
      'schema updates of a configuration',
      { packageType: 'configuration', updateSchema: ['recal_table_logical_size'], object: [`${user.id}:user`] },
      'USAGE',
    ],
    [
      'ACLs of a project_security package',
      { packageType: 'project_security', aclOnReplacing: 'replace', object: [`${user.id}:user`] },
      'USAGE',
    ],
    ['no type', { object: [year.id] }, 'USAGE'],
    ['an unknown type', { object: [`${year.id}:atribute`] }, 'USAGE'],
    ['an unknown rule', { object: [`${year.id}:12`], defaultAction: 'overwrite' }, 'USAGE'],
    ['an unknown rule in a list', { objects: `[{"id":"${year.id}","type":12,"action":"x"}]` }, 'USAGE'],
    ['an object twice', { object: [`${year.id}:12`, `${year.id.toLowerCase()}:attribute`] }, 'USAGE'],
    ['a list of nothing', { objects: '[]' }, 'USAGE'],
    ['a list that is no JSON', { objects: '[{' }, 'USAGE'],
    ['a list that is no list', { objects: '{"objects": 1}' }, 'USAGE'],
    ['a list without types', { objects: 'id,name\nx,y' }, 'USAGE'],
    ['a list with an id that is none', { objects: '[{"id":"7","type":12}]' }, 'USAGE'],
    ['a list with neither id nor name', { objects: 'id,name,type\n,,12' }, 'USAGE'],
    ['a route that would skip the approval', { requestOnly: true }, 'UNSUPPORTED'],
    ['a flag of the wrong type', { object: [`${year.id}:12`], includeDependents: 'yes' }, 'USAGE'],
  ])('%s', async (_, options, code) => {
    await withLibraries([], async ({ open }) => {
      await expect(() => open().exports!.prepare({ projects: [tutorial.name], options }, never)).toThrowCode(
        code as 'USAGE',
      );
    });
  });

  const absent = { status: 404, answer: { code: 'ERR004', message: 'not found' } };

  test('all objects that are missing, at once', async () => {
    const none = '0'.repeat(32);
    const calls: Call[] = [
      projects,
      { ...found({ id: none, type: 3 }), ...absent },
      {
        on: 'source',
        line: 'GET /api/searches/results?type=4&name=Profit&pattern=2&limit=100&offset=0',
        answer: { totalItems: 0, result: [] },
      },
    ];
    await withLibraries(calls, async ({ open }) => {
      const request = { projects: [project], options: { object: [`${none}:report`, 'Profit:metric'] } };
      const error = await open()
        .exports!.prepare(request, never)
        .catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'NOT_FOUND', details: { missing: [`${none} (report)`, 'Profit (metric)'] } });
    });
  });

  test('a name that two objects have', async () => {
    const two = { totalItems: 2, result: [year, { ...year, id: 'F'.repeat(32) }] };
    const search: Call = {
      on: 'source',
      line: 'GET /api/searches/results?type=12&name=Year&pattern=2&limit=100&offset=0',
      answer: two,
    };
    await withLibraries([projects, search], async ({ open }) => {
      await expect(() =>
        open().exports!.prepare({ projects: [project], options: { object: ['Year:12'] } }, never),
      ).toThrowCode('USAGE');
    });
  });

  test.each([
    ['no project', [], 'USAGE', []],
    ['two projects', [tutorial.name, 'Human Resources'], 'USAGE', [projects]],
    ['one that is missing', ['Nowhere'], 'NOT_FOUND', [projects]],
  ] as const)('%s', async (_, wanted, code, calls) => {
    await withLibraries(calls, async ({ open }) => {
      await expect(() => open().exports!.prepare({ projects: wanted, options: {} }, never)).toThrowCode(code);
    });
  });
});

test('without a named project the project of the instance is taken, and a note says that it is not loaded', async () => {
  await withLibraries([projects], async ({ open }) => {
    const settings = { username: 'ann', project: 'human resources' };
    const prepared = await open('source', { settings }).exports!.prepare({ projects: [], options: {} }, never);
    expect(prepared.projects).toEqual([{ id: otherProject, name: 'Human Resources' }]);
    expect(prepared.notes.join()).toMatch(/took "Human Resources".*not loaded \(status 1\)/);
  });
});

describe('an export', () => {
  test('is started, watched and downloaded with its handle alone', async () => {
    const settled = { name: 'n 1.0.0-x', body: '{"packageInfo":{"name":"n 1.0.0-x"},"importInfo":{}}', project };
    const prepared = { package: { id: 'n', version: '1.0.0-x' }, projects: [], settled, notes: [] };
    const binary: Call = { on: 'source', line: `GET /api/migrations/packages/${pkg}/binary`, text: '\u0001package' };
    const calls: Call[] = [
      {
        on: 'source',
        line: 'POST /api/migrations',
        headers: { 'x-mstr-projectid': project },
        json: { packageInfo: { name: 'n 1.0.0-x' }, importInfo: {} },
        status: 201,
        answer: brief('creating'),
      },
      {
        on: 'source',
        line: `GET /api/migrations/${migration}`,
        answer: record({ packageInfo: { status: 'creating', progress: 12 } }),
      },
      { on: 'source', line: `GET /api/migrations/${migration}`, answer: record() },
      {
        on: 'source',
        line: `GET /api/migrations/${migration}`,
        answer: record({ packageInfo: { storage: { size: 8, path: 'x' } } }),
      },
      { ...binary, fault: 3 },
      binary,
    ];
    await withLibraries(calls, async ({ open }) => {
      expect(await open().exports!.start(prepared, {}, undefined, never)).toBe(job);
      const elsewhere = open();
      expect(await elsewhere.jobs.status(job, never)).toMatchObject({
        kind: 'export',
        state: 'running',
        fraction: 0.12,
      });
      expect(await elsewhere.jobs.status(job, never)).toMatchObject({
        state: 'succeeded',
        finishedAt: '2022-03-16T07:39:09.254Z',
      });
      const { package: ref, files } = await elsewhere.exports!.fetch(job, undefined, never);
      expect(ref).toEqual({ id: 'MicroStrategy-Tutorial', version: '1.0.0-run7' });
      expect(files[0]).toMatchObject({
        path: `native/MicroStrategy-Tutorial.1.0.0-run7.project.object_migration.${project}.mmp`,
        size: 8,
      });
      expect(Buffer.concat(await all(files[0]!.open(never))).toString()).toBe('\u0001package');
    });
  });

  test('is deleted after a dry run, also when it is gone already', async () => {
    const removal: Call = { on: 'source', line: `DELETE /api/migrations?packageId=${pkg}`, status: 204 };
    const gone = { ...removal, status: 404, answer: { code: 'ERR006', message: 'not found', ticketId: 't' } };
    await withLibraries([removal, gone], async ({ open }) => {
      const exports = open().exports!;
      await expect(exports.discard!(job, never)).resolves.toBeUndefined();
      await expect(exports.discard!(job, never)).resolves.toBeUndefined();
    });
  });

  test('that cannot be made shows why, and has nothing to fetch', async () => {
    const failed = record({ packageInfo: { status: 'create_failed', message: 'The package is larger than 2 GB' } });
    const seen: Call = { on: 'source', line: `GET /api/migrations/${migration}`, answer: failed };
    await withLibraries([seen, seen], async ({ open }) => {
      const { state, messages } = await open().jobs.status(job, never);
      expect([state, messages]).toEqual(['failed', [{ level: 'error', text: 'The package is larger than 2 GB' }]]);
      await expect(() => open().exports!.fetch(job, undefined, never)).toThrowCode('NOT_FOUND');
    });
  });

  test('with warnings of the server is partial', async () => {
    const warnings = [{ message: 'Objects were left out', iserverErrorCode: -1, bannedObjectCount: 3 }];
    const seen = {
      on: 'source',
      line: `GET /api/migrations/${migration}`,
      answer: record({ packageInfo: { warnings } }),
    } as const;
    await withLibraries([seen], async ({ open }) => {
      expect(await open().jobs.status(job, never)).toMatchObject({
        state: 'partial',
        messages: [{ level: 'warning', text: 'Objects were left out (3 objects)' }],
      });
    });
  });

  test('fails when its file is shorter than the server says', async () => {
    const calls: Call[] = [
      { on: 'source', line: `GET /api/migrations/${migration}`, answer: record() },
      { on: 'source', line: `GET /api/migrations/packages/${pkg}/binary`, text: 'more than nine bytes' },
    ];
    await withLibraries(calls, async ({ open }) => {
      const { files } = await open().exports!.fetch(job, undefined, never);
      await expect(() => all(files[0]!.open(never))).toThrowCode('REMOTE_UNEXPECTED');
    });
  });
});
