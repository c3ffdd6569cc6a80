import { describe, expect, test } from '@jest/globals';
import { leftMaintenance } from '../../../../src/core/steps/preflight.ts';
import { MigratorError } from '../../../../src/errors.ts';
import type { Adapter, InstanceInfo } from '../../../../src/ports/adapter.ts';
import type { JobState } from '../../../../src/ports/job.ts';
import { recordingReporter } from '../../../support/ports.ts';

const signal = new AbortController().signal;
const info = (mode: InstanceInfo['mode']) => ({ mode, notes: [] }) as unknown as InstanceInfo;

/** A server that is in these modes, one look after the other, and lists one job. */
function server(modes: readonly InstanceInfo['mode'][], job: JobState | MigratorError) {
  const left = [...modes];
  const adapter = {
    product: 'octopus',
    probe: () => Promise.resolve(info(left.shift() ?? 'maintenance')),
    jobs: {
      list: async function* () {
        if (job instanceof MigratorError) throw job;
        yield await Promise.resolve({ id: 'ServerTasks-9', state: job });
      },
    },
  } as unknown as Adapter;
  return { name: 'prod', adapter };
}

describe('leftMaintenance', () => {
  test.each([
    ['it left', ['normal'], 'succeeded', true, undefined],
    ['it stays, and nobody is at work', ['maintenance', 'maintenance'], 'succeeded', false, 'warning'],
    ['another migration is at work', ['maintenance'], 'running', true, 'notice'],
    ['the other one ended between the looks', ['maintenance', 'normal'], 'succeeded', true, undefined],
  ] as const)('%s', async (_, modes, state, expected, told) => {
    const reporter = recordingReporter();
    expect(await leftMaintenance(server(modes, state), info('normal'), reporter, signal)).toBe(expected);
    expect(reporter.events.filter(({ type }) => type !== 'phase').map(({ type }) => type)).toEqual(
      told === undefined ? [] : [told],
    );
  });

  test('an account that may not look at jobs is told of the mode', async () => {
    const refused = server(['maintenance'], new MigratorError('AUTH_REFUSED', 'no'));
    expect(await leftMaintenance(refused, info('normal'), recordingReporter(), signal)).toBe(false);
  });

  test('a mode of before is nobody of ours', async () => {
    const before = server(['maintenance'], 'succeeded');
    expect(await leftMaintenance(before, info('maintenance'), recordingReporter(), signal)).toBe(true);
  });
});
