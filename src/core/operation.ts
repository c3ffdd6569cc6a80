import { createHash } from 'node:crypto';
import type { Json, Run } from '../ports/journal.ts';
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

/** The journal's key: the same work has the same key, whoever asks for it. */
export function runKey(verb: string, input: Json): string {
  return `${verb}-${createHash('sha256').update(canonical(input)).digest('hex').slice(0, 32)}`;
}

function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map((item: Json) => canonical(item)).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value as Record<string, Json>).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(',')}}`;
  }
  return JSON.stringify(value);
}
