import { describe, expect, test } from '@jest/globals';
import { warningsOf } from '../../../../src/core/steps/verdict.ts';
import { watch } from '../../../../src/core/steps/watch.ts';
import { MigratorError } from '../../../../src/errors.ts';
import type { Jobs, JobStatus } from '../../../../src/ports/job.ts';
import { manualClock, recordingReporter } from '../../../support/ports.ts';

type Look = JobStatus['state'] | MigratorError;

/** Jobs that give these answers, and then repeat the last one. */
function scripted(looks: readonly Look[], more: Partial<Jobs> = {}): Jobs & { readonly count: () => number } {
  let next = 0;
  return {
    count: () => next,
    status: (id) => {
      const look = looks[Math.min(next, looks.length - 1)]!;
      next += 1;
      if (look instanceof MigratorError) return Promise.reject(look);
      return Promise.resolve({ id, kind: 'import', state: look, wireState: look, messages: [] });
    },
    log: () => {
      throw new Error('not asked for');
    },
    list: () => {
      throw new Error('not asked for');
    },
    ...more,
  };
}

const unreachable = new MigratorError('REMOTE_UNREACHABLE', 'connection refused');

function start(
  jobs: Jobs,
  settings: { timeout?: number; pollInterval?: number; signal?: AbortSignal; known?: boolean } = {},
) {
  const clock = manualClock();
  const reporter = recordingReporter();
  const { timeout, pollInterval, known, signal = new AbortController().signal } = settings;
  const result = watch(jobs, 'x', 'octopus:prod:x', { clock, reporter, timeout, pollInterval, known }, signal);
  return { clock, reporter, result };
}

describe('watch', () => {
  test.each(['succeeded', 'partial', 'failed', 'cancelled'] as const)('ends with %s', async (state) => {
    const { result } = start(scripted(['queued', 'running', 'waiting', 'cancelling', state]));
    expect((await result).state).toBe(state);
  });

  test('reports the messages of level info when the job ends', async () => {
    const status = (state: JobStatus['state']): JobStatus => ({
      id: 'x',
      kind: 'import',
      state,
      wireState: state,
      messages: [
        { level: 'info', text: `left while ${state}` },
        { level: 'warning', text: 'beware' },
      ],
    });
    const states = ['running', 'succeeded'] as const;
    let next = 0;
    const { result, reporter } = start(scripted([], { status: () => Promise.resolve(status(states[next++]!)) }));
    await result;
    expect(reporter.events.filter(({ type }) => type !== 'job')).toEqual([
      { type: 'notice', message: 'left while succeeded' },
    ]);
    expect(warningsOf(await result)).toEqual(['beware']);
    expect(warningsOf(undefined)).toEqual([]);
  });

  describe('beside a script that looks every two seconds', () => {
    /** The looks at a job that takes so many milliseconds, and how late its end is noticed. */
    const watched = async (duration: number) => {
      const clock = manualClock();
      const began = clock.now().getTime();
      let looks = 0;
      const status = (id: string) => {
        looks += 1;
        const state = clock.now().getTime() - began >= duration ? ('succeeded' as const) : ('running' as const);
        return Promise.resolve({ id, kind: 'import' as const, state, wireState: state, messages: [] });
      };
      const settings = { clock, reporter: recordingReporter(), timeout: undefined, pollInterval: undefined };
      await watch(scripted([], { status }), 'x', 'octopus:prod:x', settings, new AbortController().signal);
      return { looks, late: clock.now().getTime() - began - duration };
    };
    const script = (duration: number) => {
      const looks = Math.ceil(duration / 2000) + 1;
      return { looks, late: (looks - 1) * 2000 - duration };
    };
    const around = (seconds: number) =>
      Array.from({ length: 40 }, (_, step) => seconds * 1000 + (step - 20) * Math.min(50, seconds * 25));
    const median = (values: readonly number[]) => values.toSorted((one, other) => one - other)[20]!;

    test.each([1, 5, 60, 600])('a job of %i s is noticed no later', async (seconds) => {
      const ours = await Promise.all(around(seconds).map(async (duration) => (await watched(duration)).late));
      expect(median(ours)).toBeLessThanOrEqual(median(around(seconds).map((duration) => script(duration).late)));
    });

    test.each([21, 25, 40, 60, 600])('a job of %i s needs fewer looks, and the log may be read', async (seconds) => {
      for (const duration of around(seconds)) {
        const { looks } = await watched(duration);
        expect(looks + 1).toBeLessThanOrEqual(script(duration).looks);
      }
    });
  });

  test('uses the given interval', async () => {
    const { clock, result } = start(scripted(['running', 'running', 'succeeded']), { pollInterval: 700 });
    await result;
    expect(clock.slept).toEqual([700, 700]);
  });

  test('stops at the deadline, and the error says how to wait again', async () => {
    const { clock, result } = start(scripted(['running']), { timeout: 5000 });
    await expect(() => result).toThrowCode('STILL_RUNNING');
    await expect(result).rejects.toMatchObject({ details: { handle: 'octopus:prod:x' } });
    expect(clock.slept.reduce((sum, one) => sum + one, 0)).toBe(5000);
  });

  test('does not say that a job goes on whose next call is ours', async () => {
    const ours = {
      ...scripted([]),
      advance: () => Promise.resolve(),
      status: (id: string) =>
        Promise.resolve({
          id,
          kind: 'import' as const,
          state: 'running' as const,
          wireState: 'created',
          attended: true,
          messages: [],
        }),
    };
    const { result } = start(ours, { timeout: 5000 });
    await expect(result).rejects.toMatchObject({ hint: expect.stringContaining('needs calls of migrator') });
  });

  test('looks a last time at the deadline', async () => {
    const { result } = start(scripted(['running', 'succeeded']), { timeout: 100 });
    expect((await result).state).toBe('succeeded');
  });

  test('survives an outage, and reports it once', async () => {
    const { reporter, result } = start(scripted(['running', unreachable, unreachable, unreachable, 'succeeded']));
    expect((await result).state).toBe('succeeded');
    expect(reporter.events.filter((event) => event.type === 'warning')).toHaveLength(1);
  });

  test('stops waiting for a server that stays away', async () => {
    const { clock, result } = start(scripted([unreachable]));
    await expect(() => result).toThrowCode('REMOTE_UNREACHABLE');
    expect(clock.slept.reduce((sum, one) => sum + one, 0)).toBeLessThan(10 * 60_000);
  });

  test('ends at once when the server refuses', async () => {
    const jobs = scripted([new MigratorError('AUTH_REFUSED', 'no')]);
    await expect(() => start(jobs).result).toThrowCode('AUTH_REFUSED');
    expect(jobs.count()).toBe(1);
  });

  test('ends without cancelling the job when it is interrupted', async () => {
    const controller = new AbortController();
    const jobs = scripted(['running'], {
      advance: () => {
        controller.abort();
        return Promise.resolve();
      },
      cancel: () => Promise.reject(new Error('the watch must not cancel')),
    });
    await expect(() => start(jobs, { signal: controller.signal }).result).toThrowCode('CANCELLED');
  });

  test('advances the job before each look', async () => {
    const calls: string[] = [];
    const inner = scripted(['waiting', 'running', 'succeeded']);
    const jobs: Jobs = {
      ...inner,
      advance: () => Promise.resolve(void calls.push('advance')),
      status: (id, signal) => {
        calls.push('status');
        return inner.status(id, signal);
      },
    };
    await start(jobs).result;
    expect(calls).toEqual(['advance', 'status', 'advance', 'status', 'advance', 'status']);
  });

  describe('a state that the adapter does not know', () => {
    const looks = (...some: Partial<JobStatus>[]): Jobs => {
      let next = 0;
      return {
        ...scripted(['running']),
        status: (id) => {
          const look = some[Math.min(next, some.length - 1)]!;
          next += 1;
          return Promise.resolve({ id, kind: 'import', state: 'running', wireState: '', messages: [], ...look });
        },
      };
    };
    const odd = { wireState: 'archiving', unclear: true };

    test('ends the wait when nothing changes for five minutes, with a warning before', async () => {
      const { result, reporter, clock } = start(looks(odd));
      await expect(result).rejects.toMatchObject({
        code: 'STILL_RUNNING',
        message: expect.stringContaining('"archiving" for 5 minutes'),
        details: { handle: 'octopus:prod:x', wireState: 'archiving' },
      });
      expect(clock.now().getTime() - manualClock().now().getTime()).toBeGreaterThan(5 * 60_000);
      expect(reporter.events.filter(({ type }) => type === 'warning')).toHaveLength(1);
    });

    test('is waited for while the job makes progress, and when the word becomes clear', async () => {
      const progress = Array.from({ length: 1000 }, (_, at) => ({ ...odd, fraction: at / 1000 }));
      const { result } = start(looks(...progress, { wireState: 'Success', state: 'succeeded' }));
      expect(await result).toMatchObject({ state: 'succeeded' });
    });
  });
});

test.each([
  ['AUTH_REFUSED', 'renew the token'],
  ['REMOTE_UNEXPECTED', undefined],
] as const)('a look that fails with %s names the job, which may go on', async (code, hint) => {
  const { result } = start(
    scripted(['running', new MigratorError(code, 'refused', { hint, details: { status: 401 } })]),
  );
  await expect(result).rejects.toMatchObject({
    code,
    message: 'refused',
    hint: expect.stringMatching(new RegExp(`^${hint ?? ''}.*migrator job wait octopus:prod:x$`)),
    details: { status: 401, handle: 'octopus:prod:x' },
  });
});

describe('a job that its server does not know', () => {
  const missing = new MigratorError('NOT_FOUND', 'prod has no job x', {
    hint: 'see the list',
    details: { missing: ['x'] },
  });

  test('has failed when it was there before, and nobody is told to wait for it', async () => {
    const lost = { code: 'JOB_FAILED', details: { handle: 'octopus:prod:x', missing: ['x'] } };
    for (const { result } of [start(scripted(['running', missing])), start(scripted([missing]), { known: true })]) {
      await expect(result).rejects.toMatchObject(lost);
      await expect(result).rejects.toMatchObject({
        message: expect.stringContaining('prod has no job x'),
        hint: expect.not.stringContaining('job wait'),
      });
    }
  });

  test('is NOT_FOUND when nothing is known of it', async () => {
    const hint = 'see the list';
    await expect(start(scripted([missing])).result).rejects.toMatchObject({ code: 'NOT_FOUND', hint });
  });

  test('may go on when only something that it needs is missing', async () => {
    const jobs = scripted(['waiting'], { advance: () => Promise.reject(missing) });
    const hint = expect.stringContaining('migrator job wait octopus:prod:x');
    await expect(start(jobs, { known: true }).result).rejects.toMatchObject({ code: 'NOT_FOUND', hint });
  });
});
