import { describe, expect, test } from '@jest/globals';
import type { Comparison } from '../../../../src/core/snapshots/compare.ts';
import { lookBefore } from '../../../../src/core/steps/look.ts';
import { MigratorError } from '../../../../src/errors.ts';
import type { Adapter } from '../../../../src/ports/adapter.ts';
import type { JobStatus } from '../../../../src/ports/job.ts';
import type { PlanItem } from '../../../../src/ports/plan.ts';
import type { SnapshotItem } from '../../../../src/ports/snapshot.ts';
import { never } from '../../../support/adapter-tools.ts';
import { manualClock, memoryRun, recordingReporter } from '../../../support/ports.ts';

const status: JobStatus = { id: '1', kind: 'import', state: 'succeeded', wireState: 'Success', messages: [] };
const load: SnapshotItem = { kind: 'pipeline', name: 'Load', mark: '1' };
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

  test('that fail in another way fail the run', async () => {
    const down = new MigratorError('REMOTE_UNREACHABLE', 'no answer');
    await expect(
      lookBefore({ step: 'import', target: targetWith(down), scope: {}, whole: true, plan }, ports(), never),
    ).rejects.toBe(down);
  });
});

describe('a thing that was there and stayed', () => {
  const kept: readonly PlanItem[] = [{ kind: 'pipeline', name: 'Load', action: 'keep' }];
  const seen = async (comparison: Pick<Comparison, 'same' | 'differences'>) => {
    const comparing = () => Promise.resolve({ ...comparison, equal: comparison.same.length });
    const target = targetWith([load], [load]);
    const change = { step: 'import', target, scope: {}, whole: true, plan: kept, comparing };
    return (await lookBefore(change, ports(), never))(status);
  };
  const equal = [{ kind: 'pipeline', name: 'Load' }];

  test('is unchanged when its content is that of the source', async () => {
    expect(await seen({ same: equal, differences: [] })).toMatchObject({
      complete: true,
      changed: false,
      counts: { unchanged: 1, skipped: 0 },
    });
  });

  test.each<[string, Pick<Comparison, 'same' | 'differences'>]>([
    ['differs', { same: [], differences: [{ kind: 'pipeline', name: 'Load', difference: 'differs' }] }],
    [
      'has a part that differs',
      { same: equal, differences: [{ kind: 'step', name: 'Load/1', difference: 'only-from' }] },
    ],
    ['was not compared', { same: [{ kind: 'pipeline', name: 'Other/Load' }], differences: [] }],
  ])('is skipped when its content %s', async (_, comparison) => {
    expect(await seen(comparison)).toMatchObject({
      complete: false,
      changed: false,
      counts: { unchanged: 0, skipped: 1 },
    });
  });
});
