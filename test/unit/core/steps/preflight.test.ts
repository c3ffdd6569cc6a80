import { describe, expect, test } from '@jest/globals';
import { leftMaintenance } from '../../../../src/core/steps/preflight.ts';
import { MigratorError } from '../../../../src/errors.ts';
import type { Adapter, InstanceInfo } from '../../../../src/ports/adapter.ts';
import type { JobState } from '../../../../src/ports/job.ts';
import { recordingReporter } from '../../../support/ports.ts';

const signal = new AbortController().signal;
const info = (mode: InstanceInfo['mode']) => ({ mode, notes: [] }) as unknown as InstanceInfo;

/** A server that shows these modes, one for each look, and lists one job. */
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
    ['is true when the server left maintenance mode', ['normal'], 'succeeded', true, undefined],
    [
      'is false when the server stays in it and no migration runs',
      ['maintenance', 'maintenance'],
      'succeeded',
      false,
      'warning',
    ],
    ['is true when another migration runs', ['maintenance'], 'running', true, 'notice'],
    [
      'is true when another migration ended between the two looks',
      ['maintenance', 'normal'],
      'succeeded',
      true,
      undefined,
    ],
  ] as const)('%s', async (_, modes, state, expected, told) => {
    const reporter = recordingReporter();
    expect(await leftMaintenance(server(modes, state), info('normal'), reporter, signal)).toBe(expected);
    expect(reporter.events.filter(({ type }) => type !== 'phase').map(({ type }) => type)).toEqual(
      told === undefined ? [] : [told],
    );
  });

  test('is false in maintenance mode when the account may not read jobs', async () => {
    const refused = server(['maintenance'], new MigratorError('AUTH_REFUSED', 'no'));
    expect(await leftMaintenance(refused, info('normal'), recordingReporter(), signal)).toBe(false);
  });

  test('is true when the server was already in maintenance mode before', async () => {
    const before = server(['maintenance'], 'succeeded');
    expect(await leftMaintenance(before, info('maintenance'), recordingReporter(), signal)).toBe(true);
  });
});
