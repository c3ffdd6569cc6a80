import { describe, expect, test } from '@jest/globals';
import { conflictRules } from '../../../../src/adapters/microstrategy/options.ts';
import type { PlanItem } from '../../../../src/ports/plan.ts';
import type { SnapshotItem } from '../../../../src/ports/snapshot.ts';
import { never } from '../../../support/adapter-tools.ts';
import { movedObjects, tutorial, withLibraryPair, type LibraryPair, type Row } from '../../../support/library-pair.ts';

const keyOf = ({ kind, name, id }: SnapshotItem): string => `${kind} ${id ?? name}`;
const marksOf = (items: readonly SnapshotItem[]) => new Map(items.map((item) => [keyOf(item), item.mark]));
const fieldsOf = (items: readonly SnapshotItem[]) => new Map(items.map((item) => [keyOf(item), item.fields]));

function differing(one: ReadonlyMap<string, unknown>, other: ReadonlyMap<string, unknown>): string[] {
  return [...new Set([...one.keys(), ...other.keys()])].filter(
    (key) => JSON.stringify(one.get(key)) !== JSON.stringify(other.get(key)),
  );
}

const named = (rows: readonly Row[], name: string, type: number): Row =>
  rows.find((row) => row.name === name && row.type === type)!;

describe('a change in the tables of the Library is seen', () => {
  test.each<[string, (row: Row) => Row | undefined]>([
    ['a new version', (row) => ({ ...row, version: 'F'.repeat(32) })],
    ['another description', (row) => ({ ...row, description: 'changed' })],
    ['another name', (row) => ({ ...row, name: 'Changed' })],
    ['another folder', (row) => ({ ...row, parent: null })],
    ['a hidden object', (row) => ({ ...row, hidden: true })],
    ['another subtype', (row) => ({ ...row, subtype: 1, version: 'E'.repeat(32) })],
    ['a deleted object', () => undefined],
  ])('%s', async (_, edit) => {
    await withLibraryPair(async ({ source }) => {
      const { id } = named(source.rows(), 'Revenue by Region', 3);
      for (const options of [{}, { object: [`${id}:report`] }]) {
        const scope = await source.adapter.snapshots!.scopeOf(['MicroStrategy Tutorial'], options, never);
        const before = [await source.look(scope, 'listing'), await source.look(scope, 'content')] as const;
        const row = source.rows().find((one) => one.id === id)!;
        source.change(id, edit);
        const after = [await source.look(scope, 'listing'), await source.look(scope, 'content')] as const;
        expect(differing(marksOf(before[0]), marksOf(after[0]))).toEqual([`report ${id}`]);
        expect(differing(fieldsOf(before[1]), fieldsOf(after[1]))).toEqual([`report ${id}`]);
        if (edit(row) === undefined) return;
        source.change(id, () => row);
      }
    });
  });

  test('but not another definition with the same version, as the blind spots say', async () => {
    await withLibraryPair(async ({ source }) => {
      const { id } = named(source.rows(), 'Profit', 4);
      const scope = await source.adapter.snapshots!.scopeOf([tutorial], {}, never);
      const before = await source.look(scope, 'content');
      source.change(id, (row) => ({ ...row, definition: { expression: 'Revenue' } }));
      expect(await source.look(scope, 'content')).toEqual(before);
      expect(source.adapter.snapshots!.blind.content.join()).toContain('definitions');
    });
  });
});

describe('the number of requests', () => {
  test('of a listing is one for the projects, and one for each named object or each 100 objects', async () => {
    await withLibraryPair(async ({ source }) => {
      const snapshots = source.adapter.snapshots!;
      const whole = await snapshots.scopeOf([tutorial], {}, never);
      const ids = source
        .rows()
        .filter(({ type }) => type === 12)
        .map(({ id }) => `${id}:12`);
      const some = await snapshots.scopeOf([tutorial], { object: ids }, never);
      const found = await source.look(whole, 'listing');
      source.asked();
      await source.look(whole, 'listing');
      expect(source.asked()).toHaveLength(1 + Math.ceil((found.length - 1) / 100));
      await source.look(some, 'listing');
      expect(source.asked()).toHaveLength(1 + ids.length);
    });
  });
});

describe('each query parameter changes the answer of the Library', () => {
  test('type, getAncestors, limit, offset, name and pattern', async () => {
    await withLibraryPair(async ({ source }) => {
      const get = await searching(source.server);
      const all = await get('type=12&type=4&limit=100&offset=0');
      expect(new Set(all.map(({ type }) => type))).toEqual(new Set([4, 12]));
      expect(all[0]).not.toHaveProperty('ancestors');
      expect((await get('type=12&limit=100&getAncestors=true'))[0]).toHaveProperty('ancestors');
      expect(await get('type=12&limit=2&offset=1')).toHaveLength(2);
      expect((await get('type=12&limit=2&offset=1'))[0]!['id']).toBe((await get('type=12&limit=2'))[1]!['id']);
      expect((await get('type=12&name=Y&pattern=1')).map(({ name }) => name)).toEqual(['Year']);
      expect(await get('type=12&name=Y&pattern=2')).toEqual([]);
    });
  });
});

async function searching({ url, credentials }: LibraryPair['source']['server']) {
  const { username, password } = credentials;
  const login = await fetch(`${url}/api/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password, loginMode: 1 }),
  });
  const headers = {
    'x-mstr-authtoken': login.headers.get('x-mstr-authtoken')!,
    'x-mstr-projectid': tutorial,
    cookie: login.headers
      .getSetCookie()
      .map((one) => one.split(';')[0])
      .join('; '),
  };
  return async (query: string) => {
    const answer = await fetch(`${url}/api/searches/results?${query}`, { headers });
    return ((await answer.json()) as { result: Record<string, unknown>[] }).result;
  };
}

describe('the plan of a move is what the embedded Library then does', () => {
  const objects = [
    ['Revenue by Region', 3],
    ['Customer Scorecard', 3],
    ['Choose a Year', 10],
    ['Last Year', 1],
    ['Year', 12],
    ['Units Sold', 13],
  ] as const;

  test.each(conflictRules)('by the rule %s', async (rule) => {
    await withLibraryPair(async (pair) => {
      const rows = pair.source.rows();
      // The product deletes nothing that something else uses.
      const used = new Set(
        pair.target.rows().flatMap(({ uses }) => (uses as readonly { id: string }[]).map(({ id }) => id)),
      );
      const some = objects
        .map(([name, type]) => named(rows, name, type))
        .filter(({ id }) => rule !== 'delete' || !used.has(id));
      const object = some.map(({ id, type }) => `${id}:${type}:${rule}`);
      const { prepared, before, after } = await movedObjects(pair, { object });
      expect(prepared.plan).toHaveLength(some.length);
      expect(some.length).toBeGreaterThan(1);
      const [was, is] = [marksOf(before), marksOf(after)];
      for (const item of prepared.plan!) expect([item.name, seen(item, was, is)]).toEqual([item.name, item.action]);
      const planned = new Set(prepared.plan!.map((item) => keyOf(item)));
      expect(differing(was, is).filter((key) => !planned.has(key))).toEqual([]);
    });
  });
});

/** The word of a plan for what happened, read off the listings. What stays is `keep` or `unchanged`. */
function seen(item: PlanItem, was: ReadonlyMap<string, unknown>, is: ReadonlyMap<string, unknown>): string {
  const key = keyOf(item);
  if (!is.has(key)) return was.has(key) ? 'delete' : 'unchanged';
  if (!was.has(key)) return 'create';
  if (was.get(key) !== is.get(key)) return 'overwrite';
  return item.action === 'keep' ? 'keep' : 'unchanged';
}

test('an object of the same name and another id is not planned as an overwrite', async () => {
  await withLibraryPair(async (pair) => {
    const { id } = named(pair.target.rows(), 'Year', 12);
    pair.target.change(id, (row) => ({ ...row, name: 'Jahr' }));
    const { prepared, after } = await movedObjects(pair, { object: ['Year:attribute:force_replace'] });
    expect(prepared.plan).toMatchObject([{ id, name: 'Year', action: 'overwrite' }]);
    expect(after).toMatchObject([{ id, name: 'Year' }]);
  });
});

test('a project that is moved whole shows the objects that changed', async () => {
  await withLibraryPair(async (pair) => {
    const { prepared, before, after } = await movedObjects(pair, { defaultAction: 'use_newer' });
    expect(prepared.plan).toMatchObject([{ kind: 'project', id: tutorial, action: 'overwrite' }]);
    const changed = differing(marksOf(before), marksOf(after));
    const units = named(pair.source.rows(), 'Units Sold', 13);
    expect(changed).toContain(`fact ${units.id}`);
    expect(changed).not.toContain(`attribute ${named(pair.source.rows(), 'Year', 12).id}`);
  });
});
