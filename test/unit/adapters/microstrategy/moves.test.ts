import { describe, expect, test } from '@jest/globals';
import type { Adapter } from '../../../../src/ports/adapter.ts';
import { never } from '../../../support/adapter-tools.ts';
import { brief, copy, notFound, record, tutorial, undoStorage, year } from '../../../support/library-records.ts';
import { migration, project, withLibraries, type Bench, type Call } from '../../../support/library-script.ts';

const at = `/api/migrations/${migration}`;
const move = `${migration}@prod`;
const projects = [{ ...tutorial, status: 0, alias: '', description: '' }];
const absent: Call = { on: 'target', line: `GET ${at}`, status: 404, answer: notFound };
const objectLine = `/api/objects/${year.id}?type=12`;

const show = (on: Call['on'], answer: unknown): Call => ({ on, line: `GET ${at}`, answer });
const patch = (on: Call['on'], importInfo: object, answer: unknown, more: Partial<Call> = {}): Call => ({
  on,
  line: `PATCH ${at}`,
  json: { importInfo },
  answer,
  ...more,
});

const requested = patch('source', { importRequestStatus: 'requested' }, brief('created', 'requested'), {
  headers: { 'x-mstr-projectid': null },
});
const approved = patch('source', { importRequestStatus: 'approved' }, brief('locked', 'approved'), {
  headers: { 'x-mstr-projectid': null },
});
/** With what Workstation puts in and the server enriches, passed on untouched. */
const content = record({
  packageInfo: {
    status: 'locked',
    tocView: { settings: { defaultAction: 'replace' }, content: [{ ...year, version: 'V1', owner: { id: 'O' } }] },
    treeView: '{"treeViewType":"x"}',
  },
  importInfo: { importRequestStatus: 'approved' },
});
const read: Call = { on: 'source', line: `GET ${at}?showContent=all`, answer: content };
const put: Call = {
  on: 'target',
  line: `PUT ${at}?generateUndo=true`,
  headers: { 'x-mstr-projectid': project, prefer: 'respond-async', 'content-type': 'application/json' },
  json: { ...content, packageInfo: { ...content.packageInfo, replicated: true } },
  status: 201,
  answer: brief('locked', 'approved', 'importing'),
};
const lockedSource = show(
  'source',
  record({ packageInfo: { status: 'locked' }, importInfo: { importRequestStatus: 'approved' } }),
);
const requestedSource = show('source', record({ importInfo: { importRequestStatus: 'requested' } }));

async function look(adapter: Adapter, id: string) {
  await adapter.jobs.advance!(id, never);
  return adapter.jobs.status(id, never);
}

describe('the steps of an object migration', () => {
  const created: Call = {
    on: 'source',
    line: 'POST /api/migrations',
    headers: { 'x-mstr-projectid': project, 'content-type': 'application/json' },
    status: 201,
    answer: brief('creating'),
  };
  const prepareCalls: Call[] = [
    { on: 'source', line: 'GET /api/projects', answer: projects },
    {
      on: 'source',
      line: `GET ${objectLine}`,
      headers: { 'x-mstr-projectid': project },
      answer: { ...year, version: 'V2', dateModified: '2022-03-02T00:00:00.000+0000' },
    },
    { on: 'target', line: 'GET /api/projects', answer: projects },
    {
      on: 'target',
      line: `GET ${objectLine}`,
      headers: { 'x-mstr-projectid': project },
      answer: { ...year, version: 'V1', dateModified: '2022-03-01T00:00:00.000+0000' },
    },
  ];
  const request = {
    project: 'MicroStrategy Tutorial',
    dryRun: false,
    options: {
      object: [`${year.id}:12:replace:dependents`],
      updateSchema: ['recal_table_logical_size'],
      aclOnReplacing: 'replace',
      aclOnNew: 'inherit_acl_as_dest_folder',
      defaultAction: 'replace',
      packageName: 'Night-7',
    },
  };
  const body = (bench: Bench, name: unknown) => ({
    packageInfo: {
      type: 'project',
      name,
      environment: { id: `${bench.url('source')}/`, name: 'lab' },
      tocView: {
        settings: {
          updateSchema: ['recal_table_logical_size'],
          aclOnReplacingObjects: 'replace',
          aclOnNewObjects: ['inherit_acl_as_dest_folder'],
          defaultAction: 'replace',
        },
        content: [{ ...year, action: 'replace', includeDependents: true }],
      },
      treeView: {},
    },
    importInfo: { environment: { id: `${bench.url('target')}/`, name: 'prod' }, project: tutorial },
  });

  test('are made one after the other, each on its Library, with its headers and bodies', async () => {
    const calls: Call[] = [
      ...prepareCalls,
      created,
      show('source', record({ packageInfo: { status: 'creating', progress: 40.0 } })),
      show('source', record({ packageInfo: { status: 'creating', progress: 40.0 } })),
      show('source', record()),
      requested,
      requestedSource,
      approved,
      lockedSource,
      absent,
      read,
      put,
      lockedSource,
      show('target', copy({ status: 'importing', progress: 50 })),
      lockedSource,
      show('target', copy({ status: 'imported', progress: 100, undoStorage })),
      lockedSource,
      show('target', copy({ status: 'imported', progress: 100, undoStorage })),
    ];
    await withLibraries(calls, async (bench) => {
      const source = bench.open();
      const target = { name: 'prod', adapter: bench.open('target') };
      const prepared = await source.moves!.prepare(request, target, never);
      expect(JSON.parse(JSON.stringify(prepared))).toEqual(prepared);
      expect(prepared.plan).toEqual([{ kind: 'attribute', name: 'Year', action: 'overwrite', detail: 'replace' }]);
      expect(JSON.parse(String(prepared.settled['body']))).toEqual(body(bench, prepared.settled['name']));
      expect(prepared.settled['name']).toMatch(/^Night-7 1\.0\.0-\d{8}T\d{6}-[0-9a-f]{8}$/);
      expect(await source.moves!.start(prepared, target, {}, never)).toBe(move);
      expect(await look(source, move)).toMatchObject({ state: 'running', wireState: 'creating', fraction: 0.4 });
      expect(await look(source, move)).toMatchObject({ state: 'running', wireState: 'importing', fraction: 0.5 });
      expect(await look(source, move)).toMatchObject({ state: 'succeeded', wireState: 'imported', messages: [] });
    });
  });
});

test('a fresh process goes on with nothing but the handle, between any two calls', async () => {
  const stages: Call[][] = [
    [show('source', record()), requested, requestedSource, approved, lockedSource, absent, read, put],
    [requestedSource, approved, lockedSource, absent, read, put],
    [lockedSource, absent, read, put],
    [lockedSource, show('target', copy({ status: 'importing' }))],
  ];
  for (const calls of stages) {
    await withLibraries(
      [...calls, lockedSource, show('target', copy({ status: 'importing', progress: 1 }))],
      async (bench) => {
        expect(await look(bench.open(), move)).toMatchObject({ state: 'running', wireState: 'importing' });
        expect(bench.sessions).toMatchObject({ source: { logins: 1 }, target: { logins: 1 } });
      },
    );
  }
});
