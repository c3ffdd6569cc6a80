import { describe, expect, test } from '@jest/globals';
import { lookBefore } from '../../../../src/core/steps/look.ts';
import { MigratorError } from '../../../../src/errors.ts';
import type { Adapter } from '../../../../src/ports/adapter.ts';
import type { JobStatus } from '../../../../src/ports/job.ts';
import type { PlanItem } from '../../../../src/ports/plan.ts';
import type { Named, SnapshotItem } from '../../../../src/ports/snapshot.ts';
import { never } from '../../../support/adapter-tools.ts';
import { manualClock, memoryRun, recordingReporter } from '../../../support/ports.ts';

const status: JobStatus = { id: '1', kind: 'import', state: 'succeeded', wireState: 'Success', messages: [] };
const load: SnapshotItem = { kind: 'pipeline', name: 'Load', mark: '1' };
const region: SnapshotItem = { kind: 'variable-set', name: 'Region', mark: '1' };
const plan: readonly PlanItem[] = [{ kind: 'pipeline', name: 'Load', action: 'create' }];

/** A target whose snapshots are these, one after the other. An error is thrown instead of a snapshot. */
function targetWith(...looks: (readonly SnapshotItem[] | MigratorError)[]) {
  const takes = {
    blind: { listing: [], content: [] },
    scopeOf: () => Promise.resolve({}),
    async *take() {
      const next = looks.shift() ?? [];
      if (next instanceof MigratorError) throw next;
      yield* next;
      await Promise.resolve();
    },
  };
  return { name: 'prod', adapter: { snapshots: takes } as unknown as Adapter };
}

const ports = () => ({
  run: memoryRun(),
  reporter: recordingReporter(),
  clock: manualClock(),
  random: { bytes: (length: number) => new Uint8Array(length) },
});

describe('a look before and a look after', () => {
  test('show what was created, also when the server says nothing', async () => {
    const look = await lookBefore(
      { step: 'import', target: targetWith([], [load]), scope: {}, whole: true, plan },
      ports(),
      never,
    );
    expect(await look(status)).toMatchObject({ basis: 'seen', complete: true, counts: { created: 1 } });
  });

  test('show that nothing arrived, although the server says so', async () => {
    const look = await lookBefore(
      { step: 'import', target: targetWith([], []), scope: {}, whole: true, plan },
      ports(),
      never,
    );
    const said = { ...status, items: [{ kind: 'pipeline', name: 'Load', action: 'created' as const }] };
    expect(await look(said)).toMatchObject({ basis: 'seen', complete: false, counts: { 'not-seen': 1 } });
  });

  test('are shared by two processes: the second one reads what the first one saw and planned', async () => {
    const first = ports();
    await lookBefore(
      {
        step: 'import',
        target: targetWith([load]),
        scope: {},
        whole: true,
        plan: [{ ...plan[0]!, action: 'overwrite' }],
      },
      first,
      never,
    );
    await first.run.note({ 'import.job': '7' });
    const target = targetWith([{ ...load, mark: '2' }]);
    const look = await lookBefore({ step: 'import', target, scope: {}, whole: true, plan: [] }, first, never);
    expect(await look(status)).toMatchObject({ basis: 'seen', counts: { overwritten: 1, created: 0 } });
  });

  test('that are refused leave the word of the server, and a warning', async () => {
    const refused = new MigratorError('AUTH_REFUSED', 'no right to list pipelines');
    const given = ports();
    const look = await lookBefore(
      { step: 'import', target: targetWith(refused), scope: {}, whole: true, plan },
      given,
      never,
    );
    expect(await look(status)).toMatchObject({ basis: 'claimed' });
    expect(given.reporter.events).toMatchObject([
      { type: 'warning', message: expect.stringContaining('no right to list') },
    ]);
  });

  test('are taken again after an answer that makes no sense', async () => {
    const nonsense = new MigratorError('REMOTE_UNEXPECTED', 'a page of HTML');
    const given = ports();
    const look = await lookBefore(
      { step: 'import', target: targetWith(nonsense, [], nonsense, [load]), scope: {}, whole: true, plan },
      given,
      never,
    );
    expect(await look(status)).toMatchObject({ basis: 'seen', counts: { created: 1 } });
    expect(given.reporter.events).toEqual([]);
  });

  test('that fail in another way fail the run', async () => {
    const down = new MigratorError('REMOTE_UNREACHABLE', 'no answer');
    await expect(
      lookBefore({ step: 'import', target: targetWith(down), scope: {}, whole: true, plan }, ports(), never),
    ).rejects.toBe(down);
  });
});

describe('a thing that was there and stayed', () => {
  const kept: readonly PlanItem[] = [{ kind: 'pipeline', name: 'Load', action: 'keep' }];
  const content = (item: Named, steps: number, more: Partial<SnapshotItem> = {}) => ({
    ...item,
    ...more,
    fields: { steps },
  });
  const counterpart = { from: 'lab', projects: ['Web Shop'], exportOptions: {}, importOptions: {} };
  const seen = async (from: readonly SnapshotItem[], to: readonly SnapshotItem[], given: object = {}) => {
    const target = targetWith([load, region], [load, region], to);
    const open = (name: string) => Promise.resolve({ ...targetWith(from), name });
    const change = { step: 'import', target, scope: {}, whole: true, plan: kept, counterpart, open, ...given };
    return (await lookBefore(change, ports(), never))(status);
  };

  test('is unchanged when its content is that of the source', async () => {
    expect(await seen([content(load, 1)], [content(load, 1)])).toMatchObject({
      complete: true,
      changed: false,
      counts: { unchanged: 1, skipped: 0 },
    });
  });

  test.each<[string, readonly SnapshotItem[], readonly SnapshotItem[]]>([
    ['differs', [content(load, 1)], [content(load, 2)]],
    ['has a part that differs', [content(load, 1), content({ kind: 'step', name: 'Load/1' }, 1)], [content(load, 1)]],
    ['was not compared', [content({ kind: 'pipeline', name: 'Other/Load' }, 1)], [content(load, 1)]],
  ])('is skipped when its content %s', async (_, from, to) => {
    expect(await seen(from, to)).toMatchObject({
      complete: false,
      changed: false,
      counts: { unchanged: 0, skipped: 1 },
    });
  });

  describe('and that several projects share', () => {
    const byName = { whole: false, overwrites: false, plan: [] };
    const part = { of: { kind: 'variable-set', name: 'Region' } };
    const variable = (name: string, value: number) =>
      content({ kind: 'set-variable', name: `Region/${name}` }, value, part);

    test('is skipped once when parts of it differ or are missing', async () => {
      const from = [content(region, 1), variable('Url', 1), variable('Key', 1)];
      const { complete, changed, counts, items } = await seen(from, [content(region, 1), variable('Url', 2)], byName);
      expect({ complete, changed, skipped: counts.skipped }).toEqual({ complete: false, changed: false, skipped: 1 });
      expect(items).toEqual([
        {
          kind: 'variable-set',
          name: 'Region',
          action: 'skipped',
          reason: 'the source has another one (Region/Url, Region/Key)',
        },
      ]);
    });

    test('is skipped as wanted when the options ask for that', async () => {
      expect(await seen([content(region, 1)], [content(region, 2)], { ...byName, skips: true })).toMatchObject({
        complete: true,
        counts: { skipped: 1 },
        items: [{ kind: 'variable-set', action: 'skipped', wanted: true }],
      });
    });

    test('does not count when it is equal, or when only the target has it', async () => {
      const here = [content(region, 1), variable('Own', 1), content(load, 2)];
      expect(await seen([content(region, 1)], here, byName)).toMatchObject({ complete: true, counts: { skipped: 0 } });
    });

    test('is not seen when the import was to overwrite it', async () => {
      expect(await seen([content(region, 1)], [content(region, 2)], { ...byName, overwrites: true })).toMatchObject({
        complete: false,
        counts: { skipped: 0, 'not-seen': 1 },
      });
    });

    test('is skipped when the projects of the target do not use it', async () => {
      const from = [content(load, 1), content(region, 1)];
      expect(await seen(from, [content(load, 1)], byName)).toMatchObject({ complete: false, counts: { skipped: 1 } });
    });

    test('says nothing when the comparison shows nothing of the target', async () => {
      expect(await seen([content(region, 1)], [], byName)).toMatchObject({ complete: true, counts: { skipped: 0 } });
    });

    test('is not seen when it is missing, and says nothing when it was written', async () => {
      const tier = { kind: 'tag-set', name: 'Tier' };
      const missing = await seen([content(region, 1), content(tier, 1)], [content(region, 1)], byName);
      expect(missing).toMatchObject({
        complete: false,
        items: [{ ...tier, action: 'not-seen', reason: 'the source has it' }],
      });
      const written = targetWith([region], [{ ...region, mark: '2' }], [content(region, 2)]);
      const open = () => Promise.resolve(targetWith([content(region, 1)]));
      const change = { step: 'import', target: written, scope: {}, counterpart, open, ...byName, overwrites: true };
      const result = await (await lookBefore(change, ports(), never))(status);
      expect(result).toMatchObject({ complete: true, counts: { overwritten: 1, 'not-seen': 0 } });
    });

    test.each([
      [false, 1],
      [true, 0],
    ])('is warned of where nobody knows what the package holds (overwriting: %p)', async (overwrites, warnings) => {
      const given = ports();
      const change = { step: 'import', target: targetWith([region], [region]), scope: {}, ...byName, overwrites };
      const result = await (await lookBefore(change, given, never))(status);
      expect(result).toMatchObject({ basis: 'seen', counts: { skipped: 0 } });
      expect(given.reporter.events.filter(({ type }) => type === 'warning')).toHaveLength(warnings);
    });

    test('is compared by a later process too, with the record of a package', async () => {
      const first = ports();
      const target = targetWith([region], [region], [content(region, 2)]);
      const record = [{ kind: 'variable-set', name: 'Region', sha256: 'other' }];
      const change = { step: 'import', target, scope: {}, ...byName };
      await lookBefore(
        { ...change, counterpart: { record, projects: [], exportOptions: {}, importOptions: {} } },
        first,
        never,
      );
      await first.run.note({ 'import.job': '7' });
      const look = await lookBefore({ ...change, overwrites: true }, first, never);
      expect(await look(status)).toMatchObject({ complete: false, counts: { skipped: 1 } });
    });
  });
});
