// Work that goes on after the answer: it moves in steps, so that progress can be watched.
import { setTimeout as sleep } from 'node:timers/promises';
import { stackOf } from '../../shared/error-members.ts';
import type { Instance } from '../instance.ts';
import { Refusal } from '../refusal.ts';
import { WorkFailure } from './package-content.ts';

export interface Job {
  /** For the emulator's own log. */
  readonly title: string;
  /** The named fault that makes it fail. */
  readonly fault: string;
  /** 20, 40, 60, 80. */
  readonly progress: (percent: number) => void;
  /** The work itself, after the last step; synchronous, so that nothing comes in between. */
  readonly finish: () => void;
  readonly fail: (message: string) => void;
}

export interface Jobs {
  start(job: Job): void;
  /** Leaves everything as it is, as a crash would: the next start finds it. */
  stop(): Promise<void>;
}

const steps = 5;
const usualSlowness = 1000;

export function createJobs(instance: Instance): Jobs {
  const { faults, pace } = instance;
  const abort = new AbortController();
  const running = new Set<Promise<void>>();
  const pause = () => {
    const slow = faults.named('slow');
    return sleep(slow === undefined ? pace : (slow.values['ms'] ?? usualSlowness), undefined, { signal: abort.signal });
  };

  async function work(job: Job): Promise<void> {
    for (let step = 1; step <= steps; step += 1) {
      await pause();
      while (faults.named('stuck') !== undefined) await sleep(20, undefined, { signal: abort.signal });
      if (step < steps) job.progress((step * 100) / steps);
    }
    try {
      if (faults.take(job.fault) !== undefined) {
        throw new WorkFailure('The Intelligence Server reported an error while it was processing the package.');
      }
      job.finish();
    } catch (error) {
      const known = error instanceof WorkFailure || error instanceof Refusal;
      if (!known) instance.log(`${job.title} failed unexpectedly: ${stackOf(error)}`);
      job.fail(known ? error.message : 'An internal error has occurred.');
    }
  }

  return {
    start(job) {
      const done = work(job)
        .catch((error: unknown) => {
          if (!abort.signal.aborted) instance.log(`${job.title}: ${stackOf(error)}`);
        })
        .finally(() => running.delete(done));
      running.add(done);
    },
    async stop() {
      abort.abort();
      await Promise.all(running);
    },
  };
}
