import { describe, expect, test } from '@jest/globals';
import type { PackageEdit } from '../../../../../src/ports/feed.ts';
import { never } from '../../../../support/adapter-tools.ts';
import { copy, record, year } from '../../../../support/library-records.ts';
import { migration, pkg, project, withLibraries, type Call } from '../../../../support/library-script.ts';

const ref = { id: pkg, version: '' };
const at = `/api/migrations/${migration}`;
const month = { id: '8D679D4411D3E4981000E787EC6DE8A4', name: 'Month', type: 12 };
const settings = {
  updateSchema: ['recal_table_logical_size'],
  aclOnReplacingObjects: 'replace',
  aclOnNewObjects: ['inherit_acl_as_dest_folder'],
  defaultAction: 'keep_both',
};
const kept = { ...year, action: 'use_newer', includeDependents: true };
const tocView = {
  settings,
  content: [
    { ...kept, version: 'V', owner: { id: 'O' }, dateCreated: 'd', explicitIncluded: true, level: 'project_object' },
    { ...month, action: 'keep_both', includeDependents: false, explicitIncluded: false, level: 'project_object' },
  ],
};
const tree = { treeViewType: 'project', treeViewContent: [{ id: 'x', includeDependents: null }] };

const listed = (...data: object[]): Call => ({
  on: 'source',
  line: 'GET /api/migrations?offset=0&limit=1000&packageInfo.purpose=object_migration%2Cproject_merge%2Cmigration_from_shared_file_store',
  answer: { total: data.length, data },
});
const read = (packageInfo: object = {}): Call => ({
  on: 'source',
  line: `GET ${at}?showContent=all`,
  answer: record({ packageInfo: { tocView, treeView: JSON.stringify(tree), ...packageInfo } }),
});
const put = (json: object, more: Partial<Call> = {}): Call => ({
  on: 'source',
  line: `PUT ${at}/packageInfo`,
  headers: { prefer: 'respond-async', 'content-type': 'application/json', 'x-mstr-projectid': project },
  json,
  status: 202,
  answer: { id: pkg, status: 'creating', progress: 0 },
  ...more,
});
const found: Call = {
  on: 'source',
  line: `GET /api/objects/${month.id}?type=12`,
  headers: { 'x-mstr-projectid': project },
  answer: month,
};
const name = 'MicroStrategy-Tutorial 1.0.0-run7';
const body = (more: object = {}) => ({
  type: 'project',
  name,
  tocView: { settings, content: [kept] },
  treeView: tree,
  ...more,
});

const edited = (calls: readonly Call[], change: Partial<PackageEdit>) =>
  withLibraries(calls, ({ open }) => open().feed!.edit!(ref, { options: {}, ...change }, never));

describe('an edit', () => {
  test.each<[string, Partial<PackageEdit>, object, Call[]]>([
    ['a name', { name: 'Second try' }, { name: 'Second try' }, []],
    [
      'a setting',
      { options: { defaultAction: 'replace', aclOnReplacing: 'use_existing', aclOnNew: 'keep_acl_as_source_object' } },
      {
        tocView: {
          settings: {
            ...settings,
            defaultAction: 'replace',
            aclOnReplacingObjects: 'use_existing',
            aclOnNewObjects: ['keep_acl_as_source_object'],
          },
          content: [kept],
        },
      },
      [],
    ],
    [
      'the rule of what it holds',
      { options: { action: 'force-replace' } },
      { tocView: { settings, content: [{ ...kept, action: 'force_replace' }] } },
      [],
    ],
    [
      'other objects, by the rule that it has for those without one',
      { options: { object: [`${month.id}:attribute`] } },
      { tocView: { settings, content: [{ ...month, action: 'keep_both', includeDependents: false }] } },
      [found],
    ],
  ])('of %s sends what stays as it was, without what the server added', async (_, change, more, calls) => {
    const { job } = await edited([listed(record()), read(), ...calls, put(body(more))], change);
    expect(job).toBe(`${migration}/export`);
  });

  test('repairs a package whose creation failed, and sends a purpose that is not the default', async () => {
    const failed = { status: 'create_failed', storage: {} };
    const mending = [listed(record({ packageInfo: failed })), read(), put(body({ name: 'x' }))];
    const job = `${migration}/export`;
    expect(await edited(mending, { name: 'x' })).toMatchObject({ job });
    const purpose = 'project_merge';
    const merge = { ...body({ name: 'x' }), purpose, tocView: { settings } };
    const calls = [
      listed(record({ packageInfo: { purpose } })),
      read({ purpose, tocView: { settings }, treeView: {} }),
      put({ ...merge, treeView: {} }),
    ];
    expect(await edited(calls, { name: 'x' })).toMatchObject({ job });
  });

  test('notes what the new content means', async () => {
    const { notes } = await edited(
      [
        listed(record()),
        read(),
        found,
        put(body({ tocView: { settings, content: [{ ...month, action: 'keep_both', includeDependents: false }] } })),
      ],
      { options: { object: [`${month.id}:attribute`] } },
    );
    expect(notes.join()).toContain('cannot be undone');
  });

  test.each<[string, object]>([
    ['is creating', record({ packageInfo: { status: 'creating' } })],
    ['is locked', record({ packageInfo: { status: 'locked' } })],
    ['is requested', record({ importInfo: { importRequestStatus: 'requested' } })],
    ['is approved', record({ importInfo: { importRequestStatus: 'approved' } })],
    ['is a copy', copy()],
    ['was uploaded', record({ packageInfo: { purpose: 'migration_from_shared_file_store' } })],
  ])('is refused as too late, and nothing is sent, when the package %s', async (_, late) => {
    await expect(() => edited([listed(late)], { name: 'x' })).toThrowCode('CONFLICT');
  });

  test('of nothing is USAGE, and so are objects for a whole project', async () => {
    await expect(() => edited([], {})).toThrowCode('USAGE');
    const purpose = 'project_merge';
    const calls = [listed(record({ packageInfo: { purpose } })), read({ purpose, tocView: { settings } })];
    await expect(() => edited(calls, { options: { object: ['Year:attribute'] } })).toThrowCode('USAGE');
  });

  test('is settled by what the server shows when its answer is lost', async () => {
    const lost = put(body({ name: 'x' }), { fault: 'reset' });
    const begun = { on: 'source', line: `GET ${at}`, answer: record({ packageInfo: { status: 'creating' } }) } as const;
    const { job } = await edited([listed(record()), read(), lost, begun], { name: 'x' });
    expect(job).toBe(`${migration}/export`);
    const same = { on: 'source', line: `GET ${at}`, answer: record() } as const;
    await expect(() => edited([listed(record()), read(), lost, same], { name: 'x' })).toThrowCode('REMOTE_UNREACHABLE');
  });

  test('of a package that is not there is NOT_FOUND', async () => {
    await expect(() => edited([listed()], { name: 'x' })).toThrowCode('NOT_FOUND');
  });
});
