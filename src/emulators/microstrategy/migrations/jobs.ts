// Work that goes on after the answer, in steps, so that progress can be watched.
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
  /** The work itself, after the last step. It is synchronous, so that nothing interrupts it. */
  readonly finish: () => void;
  readonly fail: (message: string) => void;
}

export interface Jobs {
  start(job: Job): void;
}

const steps = 5;
const usualSlowness = 1000;

export function createJobs(instance: Instance): Jobs {
  const { faults, pace } = instance;

  async function work(job: Job): Promise<void> {
    for (let step = 1; step <= steps; step += 1) {
      const slow = faults.named('slow');
      await instance.pause(slow === undefined ? pace : (slow.values['ms'] ?? usualSlowness));
      while (faults.named('stuck') !== undefined) await instance.pause(20);
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
      void instance.background(work(job), (error) => instance.log(`${job.title}: ${stackOf(error)}`));
    },
  };
}
