import { describe, expect, test } from '@jest/globals';
import type { Instance } from '../../../../src/core/instance.ts';
import { readOnly } from '../../../../src/core/read-only.ts';
import { onWay, settleWay, type Journey } from '../../../../src/core/steps/settle-way.ts';
import { MigratorError } from '../../../../src/errors.ts';
import type { Adapter, InstanceInfo, WayReport } from '../../../../src/ports/adapter.ts';
import type { Options } from '../../../../src/ports/options.ts';
import { never } from '../../../support/adapter-tools.ts';
import { memoryRun, recordingReporter } from '../../../support/ports.ts';

const info = (version: string): InstanceInfo => ({
  ...{ product: 'acme', version, url: 'http://acme', mode: 'normal', rights: [], notes: [] },
});

/** An instance with two ways: by road, between equal releases, and by sea. */
function instance(
  name: string,
  against: Partial<Record<'road' | 'sea', string[]>> = {},
  setting?: string,
  space?: string,
  more: Partial<Record<'road' | 'sea', Partial<WayReport>>> = {},
): Instance {
  const plain = (via: string): Adapter =>
    ({
      product: via,
      inventory: {},
      jobs: {},
      versionObstacle: (source: string, { version }: InstanceInfo) =>
        via === 'road' && source !== version ? `the road is closed between ${source} and ${version}` : undefined,
    }) as unknown as Adapter;
  const report = (via: 'road' | 'sea'): WayReport => ({
    via,
    title: `the ${via}`,
    obstacles: against[via] ?? [],
    ...(via === 'road' ? { space } : {}),
    ...more[via],
  });
  return {
    name,
    adapter: {
      ...plain('acme'),
      ways: {
        ofOldPackages: 'road',
        ofFile: () => undefined,
        ofJob: () => 'road',
        asked: ({ via }: Options) =>
          typeof via === 'string'
            ? { via, by: 'option' }
            : setting === undefined
              ? undefined
              : { via: setting, by: 'setting' },
        check: () => Promise.resolve([report('road'), report('sea')]),
        of: (via) => {
          if (via !== 'road' && via !== 'sea') throw new MigratorError('UNSUPPORTED', `there is no ${via}`);
          return plain(via);
        },
      },
    },
  };
}

const journey = (ends: readonly [Instance, Instance], more: Partial<Journey> = {}, options: Options = {}): Journey => ({
  verb: 'migrate-project',
  ends: [
    { instance: ends[0], as: 'source', info: info('1'), options },
    { instance: ends[1], as: 'target', info: info('1'), options },
  ],
  ...{ secrets: {}, pushes: false, ignoreVersion: false },
  ...more,
});
const settle = (what: Journey, run = memoryRun()) => settleWay(what, { run, reporter: recordingReporter() }, never);
const pair = [instance('lab'), instance('prod')] as const;

describe('the way of a run', () => {
  test('is the first one when nothing speaks against it', async () => {
    expect(await settle(journey(pair))).toEqual({ name: 'road', reason: 'the first choice, and it is possible' });
  });

  test('is not one that imports into the space of the source, when the target is another space', async () => {
    const ends = (to: string) =>
      [instance('lab', {}, undefined, 'Retail'), instance('prod', {}, undefined, to)] as const;
    expect(await settle(journey(ends('Finance')))).toEqual({
      name: 'sea',
      reason: expect.stringMatching(/not by the road: .*Retail.*target is space Finance/),
    });
    expect(await settle(journey(ends('retail')))).toMatchObject({ name: 'road' });
  });

  test('is the next one when something speaks against the first, on either end, and the reason tells', async () => {
    const { name, reason } = (await settle(journey([instance('lab'), instance('prod', { road: ['it is flooded'] })])))!;
    expect(name).toBe('sea');
    expect(reason).toBe('not by the road: it is flooded');
  });

  test('depends on the releases of both, unless they do not matter', async () => {
    const ends = journey(pair).ends.map((end, at) => ({ ...end, info: info(String(at + 1)) }));
    expect(await settle({ ...journey(pair), ends })).toMatchObject({
      name: 'sea',
      reason: expect.stringContaining('between 1 and 2'),
    });
    expect(await settle({ ...journey(pair), ends, ignoreVersion: true })).toMatchObject({ name: 'road' });
  });

  test('is refused with all that speaks against each', async () => {
    const ends = [
      instance('lab', { road: ['flooded'] }),
      instance('prod', { sea: ['frozen'], road: ['steep'] }),
    ] as const;
    await expect(settle(journey(ends))).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      message: 'no way for lab to prod: by the road: flooded; steep. by the sea: frozen',
      details: {
        ways: [
          { via: 'road', obstacles: ['flooded', 'steep'] },
          { via: 'sea', obstacles: ['frozen'] },
        ],
      },
    });
  });

  const noSea = { sea: ['frozen'] };
  const flagged = (flag: string) =>
    instance('lab', { sea: [`${flag} is for the road`] }, undefined, undefined, { sea: { flags: [flag] } });
  test.each<[string, Instance, Instance, string, string]>([
    ['a flag', flagged('--fast'), instance('prod', { road: ['flooded'] }), '2', 'leave out --fast'],
    [
      'the releases alone',
      instance('lab', noSea),
      instance('prod'),
      '2',
      'upgrade both servers to the same release, or try at your own risk with --ignore-version',
    ],
    [
      'both ways closed by the servers',
      instance('lab', noSea),
      instance('prod', { road: ['flooded'] }),
      '2',
      'upgrade the servers to a release that offers one of these ways on both',
    ],
    [
      'a right',
      instance('lab', { road: ['steep'], ...noSea }, undefined, undefined, { road: { lacksRight: true } }),
      instance('prod'),
      '1',
      'use an account with that right',
    ],
  ])('is refused with the way out of %s', async (_, lab, prod, release, hint) => {
    const [source, target] = journey([lab, prod]).ends;
    const ends = [source!, { ...target!, info: info(release) }];
    await expect(settle({ ...journey([lab, prod]), ends })).rejects.toMatchObject({ code: 'UNSUPPORTED', hint });
  });

  test('is the one that is asked for, or none', async () => {
    expect(await settle(journey(pair, {}, { via: 'sea' }))).toEqual({ name: 'sea', reason: 'asked for with --via' });
    const closed = [instance('lab', { sea: ['frozen'] }), instance('prod')] as const;
    await expect(settle(journey(closed, {}, { via: 'sea' }))).rejects.toThrow('frozen');
  });

  test('is refused with another way that is open: for a package, by a new export', async () => {
    const closed = [instance('lab', { road: ['flooded'] }), instance('prod')] as const;
    await expect(settle(journey(closed, {}, { via: 'road' }))).rejects.toMatchObject({
      hint: 'use --via sea, or leave out --via',
    });
    const given = { via: 'road', reason: 'the package is of it' };
    await expect(settle(journey(closed, { given }))).rejects.toMatchObject({
      hint: 'export the projects again, with --via sea',
    });
  });

  test('is the one of the rc file, and two that differ need a word', async () => {
    expect(await settle(journey([instance('lab', {}, 'sea'), instance('prod')]))).toMatchObject({
      name: 'sea',
      reason: expect.stringContaining('lab'),
    });
    await expect(() => settle(journey([instance('lab', {}, 'sea'), instance('prod', {}, 'road')]))).toThrowCode(
      'CONFIG_INVALID',
    );
  });

  test('is the one of a package, whatever the rc file says; another one that is asked for is refused', async () => {
    const given = { via: 'sea', reason: 'the package was exported by it' };
    expect(await settle(journey([instance('lab', {}, 'road'), instance('prod')], { given }))).toEqual({
      name: 'sea',
      reason: given.reason,
    });
    await expect(() => settle(journey(pair, { given }, { via: 'road' }))).toThrowCode('USAGE');
    await expect(() => settle(journey(pair, { given: { ...given, via: 'teleport' } }))).toThrowCode('UNSUPPORTED');
  });

  test('stays the same for a run that goes on', async () => {
    const run = memoryRun();
    await settle(journey([instance('lab', { road: ['flooded'] }), instance('prod')]), run);
    expect(run.record.facts).toMatchObject({ 'way.via': 'sea', 'way.reason': 'not by the road: flooded' });
    const again = await settle(journey([instance('lab', { sea: ['frozen'] }), instance('prod')]), run);
    expect(again).toEqual({ name: 'sea', reason: 'not by the road: flooded' });
  });

  test('is none for a product with one', async () => {
    const { ways: _, ...adapter } = instance('lab').adapter;
    expect(_).toBeDefined();
    const one = { name: 'lab', adapter };
    expect(await settle(journey([one, one]))).toBeUndefined();
    expect(onWay(one, undefined)).toBe(one);
  });
});

test('an instance on its way has the facets of the way, and a source stays read-only', () => {
  const source = { name: 'lab', adapter: readOnly(instance('lab').adapter) };
  const there = onWay(source, 'sea');
  expect(there.adapter.product).toBe('sea');
  expect(there.adapter.ways).toBeUndefined();
});
