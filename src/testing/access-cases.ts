import assert from 'node:assert/strict';
import { collect, failsWith, isPlainData, never, projectNames, type Facet, type Step } from './workbench.ts';

/** Probe, inventory and what holds for every method. */
export const accessCases: Readonly<Record<string, Step>> = {
  'the adapter has the facets that it declares and no others': async ({ source }, { facets }) => {
    const { exports, imports, feed, moves, jobs, snapshots } = source;
    const has: Record<Facet, boolean> = {
      exports: exports !== undefined,
      push: exports?.pushes === true,
      imports: imports !== undefined,
      'dry-run': imports?.dryRuns === 'server',
      feed: feed !== undefined,
      cancel: jobs.cancel !== undefined,
      moves: moves !== undefined,
      snapshots: snapshots !== undefined,
    };
    const actual = Object.entries(has).flatMap(([facet, present]) => (present ? [facet] : []));
    assert.deepEqual(actual.sort(), [...facets].sort());
    return Promise.resolve();
  },

  'probe names product, version and URL': async ({ source }) => {
    const info = await source.probe(never);
    assert.equal(info.product, source.product);
    assert.notEqual(info.version, '');
    assert.ok(info.account ?? (await source.account?.(never)));
    assert.equal(new URL(info.url).password, '');
    isPlainData(info);
  },

  'probe may be repeated and changes nothing': async ({ source }) => {
    const before = await projectNames(source);
    const first = await source.probe(never);
    assert.deepEqual(await source.probe(never), first);
    if (source.mode !== undefined) assert.equal(await source.mode(never), first.mode);
    assert.deepEqual(await projectNames(source), before);
  },

  'a limit for migrations at once is a whole number with a reason': async ({ source, target }) => {
    for (const limit of [source.parallel?.('source'), target.parallel?.('target')]) {
      if (limit === undefined) continue;
      assert.ok(Number.isInteger(limit.most) && limit.most >= 1, `${String(limit.most)} is no limit`);
      assert.notEqual(limit.of, '');
      assert.notEqual(limit.because, '');
    }
    return Promise.resolve();
  },

  'wrong credentials are AUTH_REFUSED': async ({ stranger }) => {
    await failsWith('AUTH_REFUSED', () => stranger.probe(never));
  },

  'an aborted signal is CANCELLED everywhere': async ({ source, projects }) => {
    const aborted = AbortSignal.abort();
    await failsWith('CANCELLED', () => source.probe(aborted));
    await failsWith('CANCELLED', () => collect(source.inventory.list('project', aborted)));
    await failsWith('CANCELLED', () => collect(source.jobs.list({ all: false, limit: 1 }, aborted)));
    const { exports, feed } = source;
    if (exports !== undefined) await failsWith('CANCELLED', () => exports.prepare({ projects, options: {} }, aborted));
    if (feed !== undefined) await failsWith('CANCELLED', () => collect(feed.list(undefined, aborted)));
  },

  'a package of the same version meets no obstacle': async ({ source, target }) => {
    const [from, to] = [await source.probe(never), await target.probe(never)];
    if (from.version === to.version) assert.equal(source.versionObstacle(from.version, to), undefined);
    const obstacle = source.versionObstacle(`${from.version}.not`, to);
    if (obstacle !== undefined) assert.ok(obstacle.includes(`${from.version}.not`), 'an obstacle names the version');
  },

  'the inventory knows projects and lists every one': async ({ source, projects }) => {
    assert.ok(source.inventory.kinds.includes('project'));
    const items = await collect(source.inventory.list('project', never));
    for (const name of projects)
      assert.ok(
        items.some((item) => item.name === name),
        `${name} is not listed`,
      );
    assert.equal(new Set(items.map(({ id }) => id)).size, items.length, 'ids are unique');
    for (const item of items) assert.equal(item.kind, 'project');
    isPlainData(items);
  },

  'the inventory may be read again': async ({ source }) => {
    assert.deepEqual(await projectNames(source), await projectNames(source));
  },

  'each kind of the inventory can be listed, an unknown one is USAGE': async ({ source }) => {
    for (const kind of source.inventory.kinds) await collect(source.inventory.list(kind, never));
    await failsWith('USAGE', () => collect(source.inventory.list('no-such-kind', never)));
  },
};
