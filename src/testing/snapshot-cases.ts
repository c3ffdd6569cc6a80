import assert from 'node:assert/strict';
import type { Adapter } from '../ports/adapter.ts';
import type { Depth, Scope, SnapshotItem } from '../ports/snapshot.ts';
import { deliver, prepare, start } from './import-cases.ts';
import { collect, failsWith, isPlainData, need, never, watch, type ContractBench, type Step } from './workbench.ts';

const depths: readonly Depth[] = ['listing', 'content'];

function scopeOf(adapter: Adapter, projects: readonly string[], bench: ContractBench): Promise<Scope> {
  return need(adapter.snapshots, 'snapshots').scopeOf(projects, bench.exportOptions, never);
}

function take(adapter: Adapter, scope: Scope, depth: Depth): Promise<SnapshotItem[]> {
  return collect(need(adapter.snapshots, 'snapshots').take(scope, depth, never));
}

/** A product finds an object by its kind and name, or by its id where it goes by ids. */
const keyOf = ({ kind, name, id }: SnapshotItem): string => JSON.stringify([kind, id ?? name]);

const keysOf = (items: readonly SnapshotItem[]): string[] => items.map(keyOf).sort();

/** Items in an order of their own, to compare two snapshots whose order means nothing. */
const inOrder = (items: readonly SnapshotItem[]): SnapshotItem[] =>
  items.toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));

export const snapshotCases: Readonly<Record<string, Step>> = {
  'snapshot: it says in sentences what each depth cannot see': async ({ source }) => {
    const { blind } = need(source.snapshots, 'snapshots');
    for (const depth of depths) for (const sentence of blind[depth]) assert.match(sentence, /\S \S/);
    isPlainData(blind);
    return Promise.resolve();
  },

  'snapshot: a scope is plain data': async (bench) => {
    isPlainData(await scopeOf(bench.source, bench.projects, bench));
  },

  'snapshot: each pair of kind and name comes once, in each depth': async (bench) => {
    const scope = await scopeOf(bench.source, bench.projects, bench);
    for (const depth of depths) {
      const items = await take(bench.source, scope, depth);
      assert.ok(items.length > 0, `the ${depth} of ${bench.projects.join(', ')} is empty`);
      assert.equal(new Set(keysOf(items)).size, items.length, `a pair comes twice in the ${depth}`);
      isPlainData(items);
    }
  },

  'snapshot: all that is in the listing is in the content, which has fields': async (bench) => {
    const scope = await scopeOf(bench.source, bench.projects, bench);
    const content = await take(bench.source, scope, 'content');
    const there = new Set(keysOf(content));
    for (const item of await take(bench.source, scope, 'listing')) assert.ok(there.has(keyOf(item)), keyOf(item));
    for (const item of content) assert.ok(item.fields !== undefined, `${keyOf(item)} has no fields`);
    assert.ok(
      content.some(({ fields = {} }) => Object.keys(fields).length > 0),
      'all fields are empty',
    );
  },

  'snapshot: taking it twice gives the same': async (bench) => {
    const scope = await scopeOf(bench.source, bench.projects, bench);
    for (const depth of depths) {
      const first = inOrder(await take(bench.source, scope, depth));
      assert.deepEqual(inOrder(await take(bench.source, scope, depth)), first);
    }
  },

  'snapshot: a project that is not there is empty': async (bench, { projectsAreNames = false }) => {
    if (projectsAreNames) return;
    const scope = await scopeOf(bench.target, ['No project has this name'], bench);
    for (const depth of depths) assert.deepEqual(await take(bench.target, scope, depth), []);
  },

  'snapshot: wrong credentials are AUTH_REFUSED, and an aborted signal is CANCELLED': async (bench) => {
    const scope = await scopeOf(bench.source, bench.projects, bench);
    const stranger = need(bench.stranger.snapshots, 'snapshots');
    await failsWith('AUTH_REFUSED', () => collect(stranger.take(scope, 'listing', never)));
    const { snapshots } = bench.source;
    await failsWith('CANCELLED', () =>
      collect(need(snapshots, 'snapshots').take(scope, 'listing', AbortSignal.abort())),
    );
  },

  'snapshot: no secret is in it': async (bench) => {
    const scope = await scopeOf(bench.source, bench.projects, bench);
    const text = JSON.stringify([scope, await take(bench.source, scope, 'content'), bench.lines]);
    for (const secret of bench.planted) assert.ok(!text.includes(secret), 'a secret is in the snapshot');
  },
};

export const writtenCases: Readonly<Record<string, Step>> = {
  'snapshot: an import changes the set or the marks within its scope': async (bench, setup) => {
    const delivered = await deliver(bench, setup);
    const prepared = await prepare(bench, delivered, false);
    const scope = need(prepared.scope, 'scope of a prepared import');
    isPlainData(scope);
    const before = await take(bench.target, scope, 'listing');
    const id = await start(bench, prepared, delivered);
    assert.equal((await watch(bench.target, id, setup)).state, 'succeeded');
    const after = await take(bench.target, scope, 'listing');
    assert.notDeepEqual(inOrder(after), inOrder(before));
    const here = new Set(keysOf(after));
    for (const item of prepared.plan ?? []) {
      if (item.action !== 'create' && item.action !== 'overwrite') continue;
      assert.ok(here.has(keyOf(item)), `${item.kind} ${item.name} was planned, and the listing does not show it`);
    }
  },

  'snapshot: after an import the target holds the content of the source': async (bench, setup) => {
    const delivered = await deliver(bench, setup);
    const id = await start(bench, await prepare(bench, delivered, false), delivered);
    assert.equal((await watch(bench.target, id, setup)).state, 'succeeded');
    const there = await take(bench.source, await scopeOf(bench.source, bench.projects, bench), 'content');
    const here = await take(bench.target, await scopeOf(bench.target, bench.projects, bench), 'content');
    const keys = new Set(keysOf(here));
    for (const item of there) assert.ok(keys.has(keyOf(item)), `${item.kind} ${item.name} is not on the target`);
  },

  'snapshot: what an import created can be removed, and removing it again is no failure': async (bench, setup) => {
    const snapshots = need(bench.target.snapshots, 'snapshots');
    if (snapshots.remove === undefined) return;
    const delivered = await deliver(bench, setup);
    const prepared = await prepare(bench, delivered, false);
    const scope = need(prepared.scope, 'scope of a prepared import');
    const before = await take(bench.target, scope, 'listing');
    const id = await start(bench, prepared, delivered);
    assert.equal((await watch(bench.target, id, setup)).state, 'succeeded');
    const known = new Set(keysOf(before));
    const created = (await take(bench.target, scope, 'listing')).filter((item) => !known.has(keyOf(item)));
    assert.ok(created.length > 0, 'the import created nothing');
    for (const time of ['first', 'second']) {
      const told = await snapshots.remove(scope, created, never);
      const left = await take(bench.target, scope, 'listing');
      const here = new Set(keysOf(left));
      for (const item of before) assert.ok(here.has(keyOf(item)), `${keyOf(item)} was there before, and is gone`);
      for (const item of left.filter((one) => !known.has(keyOf(one))))
        assert.ok(
          told.some((sentence) => sentence.includes(`"${item.name}" stays`)),
          `${keyOf(item)} stays, and no sentence says so`,
        );
      assert.ok(left.length < before.length + created.length, `nothing was removed the ${time} time`);
    }
  },
};
