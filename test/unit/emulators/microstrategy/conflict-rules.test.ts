// Each conflict rule with each kind of conflict, and the undo of the result.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  idNamed,
  migrate,
  newFolder,
  part,
  settled,
  startLibrary,
  stopLibraries,
  tutorial,
  type Content,
  type Json,
  type Library,
} from './library.ts';
import { objectRow, objectRows, rowsOf } from './rows.ts';

let source: Library;
let storage = '';

beforeAll(async () => {
  storage = await newFolder();
  source = await startLibrary({ storage, sample: 'source' });
});
afterAll(stopLibraries);

const startTarget = () => startLibrary({ storage, sample: 'target' });
const importOf = (record: Json) => part(record, 'importInfo');

async function undo(target: Library, id: string, project: string | undefined = tutorial): Promise<Json> {
  for (const undoRequestStatus of ['requested', 'approved']) {
    const answer = await target.admin.call('PATCH', `/api/migrations/${id}`, {
      json: { importInfo: { undoRequestStatus } },
      ...(project === undefined ? {} : { project }),
    });
    expect(answer.status).toBe(undoRequestStatus === 'approved' ? 202 : 200);
  }
  return settled(target.admin, id);
}

/** For each kind of conflict an object of the samples that has it. */
const cases = {
  absent: { type: 4, name: 'Profit Margin' },
  'same version': { type: 10, name: 'Choose a Year' },
  'source newer': { type: 3, name: 'Revenue by Region' },
  'source older': { type: 3, name: 'Customer Scorecard' },
} as const;

// What the target has in the end: its own object, the object of the source, both, or none.
const table: readonly (readonly [
  string,
  Readonly<Record<keyof typeof cases, 'target' | 'source' | 'both' | 'none'>>,
])[] = [
  ['use_existing', { absent: 'none', 'same version': 'target', 'source newer': 'target', 'source older': 'target' }],
  ['replace', { absent: 'source', 'same version': 'target', 'source newer': 'source', 'source older': 'source' }],
  ['keep_both', { absent: 'source', 'same version': 'target', 'source newer': 'both', 'source older': 'both' }],
  ['use_newer', { absent: 'source', 'same version': 'target', 'source newer': 'source', 'source older': 'target' }],
  ['use_older', { absent: 'source', 'same version': 'target', 'source newer': 'target', 'source older': 'source' }],
  ['force_replace', { absent: 'source', 'same version': 'source', 'source newer': 'source', 'source older': 'source' }],
  ['delete', { absent: 'none', 'same version': 'none', 'source newer': 'none', 'source older': 'none' }],
];

const rows = table.flatMap(([action, ends]) =>
  (Object.keys(cases) as (keyof typeof cases)[]).map((conflict) => ({ action, conflict, end: ends[conflict] })),
);

test.each(rows)(
  '$action with the conflict "$conflict" leaves on the target: $end',
  async ({ action, conflict, end }) => {
    const target = await startTarget();
    const { type, name } = cases[conflict];
    const id = await idNamed(source.admin, type, name);
    const before = rowsOf(target);
    const [theirs, ours] = [objectRow(rowsOf(source), tutorial, id), objectRow(before, tutorial, id)];
    const { id: migration, record } = await migrate(source.admin, target.admin, {
      content: [{ id, type, action }],
      settings: { aclOnReplacingObjects: 'replace' },
    });
    expect(importOf(record)).toMatchObject({ status: 'imported', message: '' });
    const after = rowsOf(target);
    const now = objectRow(after, tutorial, id);
    const added = objectRows(after, tutorial).filter((one) => !before.has(`object ${tutorial}/${String(one['id'])}`));
    if (end === 'none') expect([now, added]).toEqual([undefined, []]);
    if (end === 'target') expect([now, added]).toEqual([ours, []]);
    if (end === 'source') expect(now).toEqual(theirs);
    if (end === 'both') {
      expect(now).toEqual(ours);
      expect(added).toEqual([{ ...theirs, id: expect.stringMatching(/^[0-9A-F]{32}$/), name: `${name} (1)` }]);
    }
    if (action === 'keep_both') {
      expect(importOf(record)['undoStorage']).toEqual({});
      const refused = await target.admin.call('PATCH', `/api/migrations/${migration}`, {
        json: { importInfo: { undoRequestStatus: 'requested' } },
      });
      expect([refused.status, refused.json['code']]).toEqual([400, 'ERR006']);
      return;
    }
    expect(importOf(await undo(target, migration))['status']).toBe('undo_success');
    expect(rowsOf(target)).toEqual(before);
  },
);

describe('outside of the table', () => {
  const recipe = async (...items: readonly (readonly [number, string, string, boolean?])[]): Promise<Content[]> => {
    const content: Content[] = [];
    for (const [type, name, action, includeDependents = false] of items) {
      content.push({ id: await idNamed(source.admin, type, name), type, action, includeDependents });
    }
    return content;
  };

  test('replace only moves an object that is identical except for its path', async () => {
    const target = await startTarget();
    const before = rowsOf(target);
    const content = await recipe([1, 'Last Year', 'replace']);
    const { id, record } = await migrate(source.admin, target.admin, { content });
    expect(importOf(record)['status']).toBe('imported');
    const [ours, theirs] = [before, rowsOf(source)].map((one) => objectRow(one, tutorial, content[0]!.id)!);
    const now = objectRow(rowsOf(target), tutorial, content[0]!.id);
    expect(ours!['parent']).not.toBe(theirs!['parent']);
    expect(now).toEqual({ ...ours, parent: theirs!['parent'] });
    // The former folder and the new one have changed.
    for (const folder of [ours!['parent'], theirs!['parent']].map(String)) {
      const [old, changed] = [before, rowsOf(target)].map((one) => objectRow(one, tutorial, folder)!);
      expect(changed!['version']).not.toBe(old!['version']);
    }
    await undo(target, id);
    expect(rowsOf(target)).toEqual(before);
  });

  test.each(['use_existing', 'keep_both', 'use_newer'])(
    'identical except for the path: %s leaves it',
    async (action) => {
      const target = await startTarget();
      const before = rowsOf(target);
      await migrate(source.admin, target.admin, { content: await recipe([1, 'Last Year', action]) });
      expect(rowsOf(target)).toEqual(before);
    },
  );

  test('replace puts an object into the folder with the same id, wherever it is', async () => {
    const target = await startTarget();
    const content = await recipe([3, 'Sales Cube', 'replace', true]);
    const { record } = await migrate(source.admin, target.admin, { content });
    expect(importOf(record)['status']).toBe('imported');
    const detail = await target.admin.call('GET', `/api/objects/${content[0]!.id}?type=3`, { project: tutorial });
    expect((detail.json['ancestors'] as Json[]).map(({ name }) => name)).toEqual([
      'MicroStrategy Tutorial',
      'Public Objects',
      'Reports',
      'Regional Sales',
    ]);
  });

  test('delete is refused while something uses the object', async () => {
    const target = await startTarget();
    const before = rowsOf(target);
    const content = await recipe([1, 'Northern Regions', 'delete'], [4, 'Profit Margin', 'replace']);
    const { record } = await migrate(source.admin, target.admin, { content });
    expect(importOf(record)).toMatchObject({
      status: 'import_failed',
      message: expect.stringMatching(/'Northern Regions' .* cannot be deleted because it is used by 'Board Report'/),
    });
    expect(rowsOf(target)).toEqual(before);
  });

  test('a missing dependent fails the import with its type and id, before anything is written', async () => {
    const target = await startTarget();
    const before = rowsOf(target);
    const item = await idNamed(source.admin, 12, 'Item');
    const content = await recipe([4, 'Profit Margin', 'replace'], [3, 'Sales Cube', 'replace']);
    const { record } = await migrate(source.admin, target.admin, { content });
    expect(importOf(record)).toMatchObject({
      status: 'import_failed',
      message: `Object: <Attribute id=${item}> is not found`,
    });
    expect(rowsOf(target)).toEqual(before);
  });

  test('dependents take the default action', async () => {
    const target = await startTarget();
    const before = rowsOf(target);
    const content = await recipe([55, 'Regional Dashboard', 'replace', true]);
    const settings = { defaultAction: 'use_older' };
    const { record } = await migrate(source.admin, target.admin, { content, settings });
    expect(importOf(record)['status']).toBe('imported');
    const report = await idNamed(source.admin, 3, 'Revenue by Region');
    const [old, now] = [before, rowsOf(target)].map((one) => objectRow(one, tutorial, report));
    expect(now).toEqual(old);
    expect(await idNamed(target.admin, 3, 'Sales Cube')).toMatch(/^[0-9A-F]{32}$/);
  });

  test.each([
    ['keep_acl_as_source_object', ['Sales Analysts']],
    ['inherit_acl_as_dest_folder', ['Administrator', 'Public / Guest']],
  ])('a new object gets its rights by %s', async (rule, trustees) => {
    const target = await startTarget();
    const content = await recipe([4, 'Profit Margin', 'replace']);
    await migrate(source.admin, target.admin, { content, settings: { aclOnNewObjects: [rule] } });
    const row = objectRow(rowsOf(target), tutorial, content[0]!.id)!;
    expect((row['acl'] as Json[]).map((one) => one['trusteeName'])).toEqual(trustees);
  });

  test.each([
    ['use_existing', ['Administrator', 'Public / Guest']],
    ['replace', ['Sales Analysts']],
  ])('a replaced object gets its rights by %s', async (rule, trustees) => {
    const target = await startTarget();
    const content = await recipe([3, 'Revenue by Region', 'replace']);
    await migrate(source.admin, target.admin, { content, settings: { aclOnReplacingObjects: rule } });
    const row = objectRow(rowsOf(target), tutorial, content[0]!.id)!;
    expect((row['acl'] as Json[]).map((one) => one['trusteeName'])).toEqual(trustees);
  });

  test('with keep_both the imported objects use the new object', async () => {
    const target = await startTarget();
    const content = await recipe([3, 'Revenue by Region', 'keep_both'], [55, 'Regional Dashboard', 'replace', true]);
    const { record } = await migrate(source.admin, target.admin, { content });
    expect(importOf(record)['status']).toBe('imported');
    const copy = await idNamed(target.admin, 3, 'Revenue by Region (1)');
    const uses = objectRow(rowsOf(target), tutorial, content[1]!.id)!['uses'] as Json[];
    expect(uses.map(({ id }) => id)).toContain(copy);
    expect(uses.map(({ id }) => id)).not.toContain(content[0]!.id);
  });

  test('a dashboard is imported with all that it needs, and an undo removes all of it', async () => {
    const target = await startTarget();
    const before = rowsOf(target);
    const content = await recipe(
      [55, 'Regional Dashboard', 'force_replace', true],
      [8, 'Regional Sales', 'replace', true],
    );
    const { id, record } = await migrate(source.admin, target.admin, { content });
    expect(importOf(record)['status']).toBe('imported');
    expect(rowsOf(target).size).toBeGreaterThan(before.size + 4);
    await undo(target, id);
    expect(rowsOf(target)).toEqual(before);
  });

  test('an undo is refused while a newer object uses one that it would delete', async () => {
    const target = await startTarget();
    const first = await migrate(source.admin, target.admin, { content: await recipe([12, 'Item', 'replace', true]) });
    await migrate(source.admin, target.admin, { content: await recipe([3, 'Sales Cube', 'replace', true]) });
    const before = rowsOf(target);
    const record = await undo(target, first.id);
    expect(importOf(record)).toMatchObject({ status: 'undo_failed', message: expect.stringContaining("'Sales Cube'") });
    expect(rowsOf(target)).toEqual(before);
  });

  test('without generateUndo there is nothing to undo', async () => {
    const target = await startTarget();
    const content = await recipe([4, 'Profit Margin', 'replace']);
    const { record } = await migrate(source.admin, target.admin, { content }, tutorial, 'False');
    expect(importOf(record)['undoStorage']).toEqual({});
  });
});

describe('configuration and security', () => {
  test('users and groups are imported, and an undo removes them', async () => {
    const target = await startTarget();
    const before = rowsOf(target);
    const [user] = (await source.admin.call('GET', '/api/users?nameBegins=Nina')).json as unknown as Json[];
    const { id, record } = await migrate(source.admin, target.admin, {
      type: 'configuration',
      content: [{ id: String(user!['id']), type: 34, action: 'replace', includeDependents: true }],
    });
    expect(importOf(record)).toMatchObject({ status: 'imported', project: {} });
    expect(part(record, 'packageInfo')['project']).toEqual({});
    const nina = await target.login('nina', 'nina-sample');
    expect((await nina.call('GET', '/api/sessions/userInfo')).json['fullName']).toBe('Nina New');
    await undo(target, id, undefined);
    expect(rowsOf(target)).toEqual(before);
  });

  test.each([
    ['a user that has a role in a project', 'Sales Analysts', 34],
    ['a role that somebody has', 'Normal Users', 44],
    ['a data source that tables of a project use', 'Tutorial Data', 29],
  ])('delete is refused for %s', async (_, name, type) => {
    const target = await startTarget();
    const before = rowsOf(target);
    const id = await idNamed(source.admin, type, name);
    const { record } = await migrate(source.admin, target.admin, {
      type: 'configuration',
      content: [{ id, type, action: 'delete' }],
    });
    expect(importOf(record)).toMatchObject({ status: 'import_failed', message: expect.stringContaining(`'${name}'`) });
    expect(rowsOf(target)).toEqual(before);
  });

  test('project_security contains only links, whose objects must exist on the target', async () => {
    const target = await startTarget();
    const before = rowsOf(target);
    const members = (client: Library['admin']) => async (role: string) => {
      const roles = (await client.call('GET', '/api/securityRoles')).json as unknown as Json[];
      const projects = roles.find(({ name }) => name === role)?.['projects'] as Json[] | undefined;
      return (projects ?? []).flatMap((one) => (one['members'] as Json[]).map(({ name }) => name));
    };
    const [nina] = (await source.admin.call('GET', '/api/users?nameBegins=Nina')).json as unknown as Json[];
    const lacking = await migrate(source.admin, target.admin, {
      type: 'project_security',
      content: [{ id: String(nina!['id']), type: 34 }],
    });
    expect(importOf(lacking.record)).toMatchObject({
      status: 'import_failed',
      message: `Object: <User id=${String(nina!['id'])}> is not found`,
    });
    const analysts = (nina!['memberships'] as Json[])[0]!;
    expect(await members(target.admin)('Normal Users')).toEqual(['Sales Analysts']);
    const { id, record } = await migrate(source.admin, target.admin, {
      type: 'project_security',
      content: [{ id: String(analysts['id']), type: 34 }],
    });
    expect(importOf(record)['status']).toBe('imported');
    expect(await members(target.admin)('Power Users')).toEqual(['Sales Analysts']);
    expect(await members(target.admin)('Normal Users')).toEqual([]);
    await undo(target, id);
    expect(rowsOf(target)).toEqual(before);
  });
});

test('a project merge takes all objects, by their own action or that of folder, type or default', async () => {
  const target = await startTarget();
  const report = await idNamed(source.admin, 3, 'Revenue by Region');
  const folder = await idNamed(source.admin, 8, 'Reports');
  const created = await source.admin.call('POST', '/api/migrations?unlockOnStart=True', {
    project: tutorial,
    json: {
      packageInfo: {
        type: 'project',
        purpose: 'project_merge',
        name: 'merge',
        tocView: {
          settings: {
            updateSchema: 'recal_table_logical_size',
            aclOnReplacingObjects: 'replace',
            aclOnNewObjects: 'keep_acl_as_source_object',
            defaultAction: 'replace',
            validateDependencies: true,
            folderActions: [{ id: folder, action: 'use_older' }],
            objectTypeActions: [{ type: 10, subtype: 2561, action: 'force_replace' }],
            objectActions: [{ id: report, action: 'replace' }],
            translationAction: 'use_existing',
          },
        },
        treeView: {},
      },
      importInfo: {},
    },
  });
  const id = String(created.json['id']);
  expect(part(await settled(source.admin, id), 'packageInfo')).toMatchObject({
    purpose: 'project_merge',
    status: 'created',
  });
  const { record } = await migrate(source.admin, target.admin, { content: [], existing: id });
  expect(importOf(record)).toMatchObject({ status: 'imported', message: '' });
  const [theirs, now] = [rowsOf(source), rowsOf(target)];
  const scorecard = await idNamed(source.admin, 3, 'Customer Scorecard');
  const prompt = await idNamed(source.admin, 10, 'Choose a Year');
  for (const one of [report, scorecard, prompt])
    expect(objectRow(now, tutorial, one)).toEqual(objectRow(theirs, tutorial, one));
  expect(await idNamed(target.admin, 55, 'Regional Dashboard')).toMatch(/^[0-9A-F]{32}$/);
});
