import { describe, expect, test } from '@jest/globals';
import { leftMaintenance, probeBoth } from '../../../../src/core/steps/preflight.ts';
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

describe('probeBoth', () => {
  const noJobs = async function* () {
    yield* await Promise.resolve([]);
  };
  const instance = (name: string, probe: Adapter['probe']) => ({
    name,
    adapter: { probe, jobs: { list: noJobs } } as unknown as Adapter,
  });
  const refused = (name: string) => new MigratorError('AUTH_REFUSED', name);

  test('asks both ends at once, and tells what they say in one order', async () => {
    let arrive = (): void => undefined;
    const arrived = new Promise<void>((resolve) => (arrive = resolve));
    const lab = instance('lab', () => arrived.then(() => ({ ...info('normal'), notes: ['old'] })));
    const prod = instance('prod', () => {
      arrive();
      return Promise.resolve({ ...info('maintenance'), notes: ['new'] });
    });
    const reporter = recordingReporter();
    expect(await probeBoth(lab, prod, reporter, signal)).toMatchObject([{ mode: 'normal' }, { mode: 'maintenance' }]);
    expect(reporter.events.map((event) => ('message' in event ? event.message : event.type))).toEqual([
      'phase',
      'phase',
      'phase-end',
      'instance',
      'lab: old',
      'instance',
      'prod: new',
      'prod is already in maintenance mode',
    ]);
  });

  test('asks one instance once', async () => {
    let asked = 0;
    const one = instance('lab', () => Promise.resolve({ ...info('normal'), version: String((asked += 1)) }));
    expect(await probeBoth(one, one, recordingReporter(), signal)).toMatchObject([{ version: '1' }, { version: '1' }]);
  });

  test('throws the failure of the source, also when the target failed before', async () => {
    const prod = instance('prod', () => Promise.reject(refused('prod')));
    const slow = instance('lab', () => new Promise((_, fail) => setTimeout(() => fail(refused('lab')), 20)));
    await expect(probeBoth(slow, prod, recordingReporter(), signal)).rejects.toThrow('lab');
    const lab = instance('lab', () => Promise.resolve(info('normal')));
    await expect(probeBoth(lab, prod, recordingReporter(), signal)).rejects.toThrow('prod');
  });

  test('does not wait for the target when the source fails', async () => {
    let stopped = false;
    const lab = instance('lab', () => Promise.reject(refused('lab')));
    const endless = instance(
      'prod',
      (inner) =>
        new Promise((_, fail) => {
          inner.addEventListener('abort', () => {
            stopped = true;
            fail(new MigratorError('CANCELLED', 'stopped'));
          });
        }),
    );
    await expect(probeBoth(lab, endless, recordingReporter(), signal)).rejects.toThrow('lab');
    expect(stopped).toBe(true);
  });
});

describe('leftMaintenance', () => {
  test('asks for the mode alone, where the adapter can tell it', async () => {
    const { name, adapter } = server([], 'succeeded');
    const modest = {
      ...adapter,
      mode: () => Promise.resolve('normal' as const),
      probe: () => Promise.reject(new Error()),
    };
    expect(await leftMaintenance({ name, adapter: modest }, info('normal'), recordingReporter(), signal)).toEqual([]);
  });

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
    expect(await leftMaintenance(server(modes, state), info('normal'), reporter, signal)).toHaveLength(
      expected ? 0 : 1,
    );
    expect(reporter.events.filter(({ type }) => type !== 'phase').map(({ type }) => type)).toEqual(
      told === undefined ? [] : [told],
    );
  });

  test('is false in maintenance mode when the account may not read jobs', async () => {
    const refused = server(['maintenance'], new MigratorError('AUTH_REFUSED', 'no'));
    expect(await leftMaintenance(refused, info('normal'), recordingReporter(), signal)).toHaveLength(1);
  });

  test('tells nothing when the server was already in maintenance mode before', async () => {
    const before = server(['maintenance'], 'succeeded');
    expect(await leftMaintenance(before, info('maintenance'), recordingReporter(), signal)).toEqual([]);
  });
});
