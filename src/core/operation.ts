import { MigratorError } from '../errors.ts';
import type { Adapter } from '../ports/adapter.ts';
import type { Run } from '../ports/journal.ts';
import type { Reporter } from '../ports/reporter.ts';
import type { Clock, Random } from '../ports/runtime.ts';

/** What every operation gets in addition to its input. */
export interface OperationPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly reporter: Reporter;
  readonly run: Run;
}

/** How long a caller waits for a remote job. */
export interface Waiting {
  /** False: return as soon as the job is started. */
  readonly wait: boolean;
  /** Milliseconds. Undefined: without limit. */
  readonly timeout: number | undefined;
  /** Milliseconds. Undefined: adaptive. */
  readonly pollInterval: number | undefined;
  /** True: also return when the job waits for an approval. */
  readonly untilApproval?: boolean | undefined;
}

export type Outcome = 'done' | 'partial' | 'started';

export function worst(...outcomes: readonly Outcome[]): Outcome {
  if (outcomes.includes('started')) return 'started';
  return outcomes.includes('partial') ? 'partial' : 'done';
}

/**
 * USAGE for an empty name: it comes from an unset variable in a script, and some products read it as all projects. USAGE
 * too when no project is named and the source cannot go without; `hint` says how to name one.
 */
export function requireProjectNames(
  projects: readonly string[],
  { name, adapter: { exports } }: { readonly name: string; readonly adapter: Pick<Adapter, 'exports'> },
  hint: string,
): void {
  const listed = `"migrator inventory --from ${name}" lists the projects`;
  if (!projects.every((project) => project.trim() !== '')) {
    throw new MigratorError('USAGE', 'the name of a project is empty', {
      hint: `check whether a variable on the command line is not set; ${listed}`,
    });
  }
  if (projects.length > 0 || exports?.projectless === true) return;
  throw new MigratorError('USAGE', 'no project is named', { hint: `${hint}; ${listed}` });
}
