import { MigratorError } from '../errors.ts';
import type { Run } from '../ports/journal.ts';
import type { Reporter } from '../ports/reporter.ts';
import type { Clock, Random } from '../ports/runtime.ts';

/** What every operation is given beside its input. */
export interface OperationPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly reporter: Reporter;
  readonly run: Run;
}

/** How long a caller stays with a remote job. */
export interface Waiting {
  /** False returns as soon as the job is started. */
  readonly wait: boolean;
  /** Milliseconds; undefined is without end. */
  readonly timeout: number | undefined;
  /** Milliseconds; undefined is adaptive. */
  readonly pollInterval: number | undefined;
  /** Leaves a job that waits for somebody's approval, instead of waiting with it. */
  readonly untilApproval?: boolean | undefined;
}

export type Outcome = 'done' | 'partial' | 'started';

export function worst(...outcomes: readonly Outcome[]): Outcome {
  if (outcomes.includes('started')) return 'started';
  return outcomes.includes('partial') ? 'partial' : 'done';
}

/** An empty name comes of a variable that a script has not set; some products would take it for all projects. USAGE. */
export function requireProjectNames(projects: readonly string[]): void {
  if (projects.every((name) => name.trim() !== '')) return;
  throw new MigratorError('USAGE', 'the name of a project is empty', {
    hint: 'see whether a variable on the command line is unset',
  });
}
