import type { JobStatus } from '../../ports/job.ts';
import type { Phase } from '../../ports/reporter.ts';
import { humanBytes, humanDuration } from '../../amounts.ts';
import { timeLeft } from './rates.ts';

/** Makes text from a server or a package safe to show. */
type Safe = (text: string) => string;

/** The words for a phase while it runs and when it is done. */
const phases: Readonly<Record<Phase, readonly [doing: string, done: string]>> = {
  probe: ['reaching', 'reached'],
  prepare: ['preparing', 'prepared'],
  verify: ['verifying', 'verified'],
  export: ['exporting', 'exported'],
  download: ['downloading', 'downloaded'],
  seal: ['sealing', 'sealed'],
  upload: ['uploading', 'uploaded'],
  'dry-run': ['dry run of', 'finished the dry run of'],
  import: ['importing', 'imported'],
  move: ['moving', 'moved'],
  check: ['checking', 'checked'],
  compare: ['comparing', 'compared'],
  cancel: ['cancelling', 'cancelled'],
  undo: ['undoing', 'undone:'],
  open: ['opening', 'opened'],
  'clean-up': ['cleaning up', 'cleaned up'],
  wait: ['waiting for', 'waited for'],
};

const withSubject = (verb: string, subject: string, safe: Safe): string =>
  subject === '' ? verb : `${verb} ${safe(subject)}`;

export function doing(phase: Phase, subject: string, safe: Safe): string {
  return withSubject(phases[phase][0], subject, safe);
}

export function done(phase: Phase, subject: string, safe: Safe): string {
  return withSubject(phases[phase][1], subject, safe);
}

/** How long a job is watched, and when it may end, in milliseconds. */
interface Times {
  readonly elapsed?: number;
  readonly left?: number;
}

/**
 * The state as the server names it, the progress, the time and the current activity:
 * `Executing, 42 %, 12 s, 17 s left, exporting tenants`.
 */
export function jobProgress(status: JobStatus, safe: Safe, times?: Times): string {
  const parts = [safe(status.wireState === '' ? status.state : status.wireState)];
  if (status.fraction !== undefined) parts.push(`${String(Math.floor(status.fraction * 100))} %`);
  if (times?.elapsed !== undefined && times.elapsed >= 1000) parts.push(humanDuration(times.elapsed));
  if (times?.left !== undefined) parts.push(`${humanDuration(times.left)} left`);
  if (status.waitingFor !== undefined) parts.push(`waiting for ${safe(status.waitingFor)}`);
  if (status.activity !== undefined && status.activity !== '') parts.push(safe(status.activity));
  return parts.join(', ');
}

/** `45 %, 12.3 MiB of 27.0 MiB, 4.1 MiB/s, 4 s left`. Unknown parts are left out. */
export function bytesProgress(done: number, total: number | undefined, rate: number | undefined): string {
  const parts: string[] = [];
  if (total !== undefined && total > 0) parts.push(`${String(Math.floor(Math.min(1, done / total) * 100))} %`);
  parts.push(total === undefined ? humanBytes(done) : `${humanBytes(done)} of ${humanBytes(total)}`);
  if (rate !== undefined) parts.push(`${humanBytes(rate)}/s`);
  const left = timeLeft(done, total, rate);
  if (left !== undefined && left > 0) parts.push(`${humanDuration(left)} left`);
  return parts.join(', ');
}

/** The line with the handle of a job. It is printed once, before migrator waits for the job. */
export function jobHandle(handle: string, safe: Safe): string {
  return `job ${safe(handle)}`;
}

/** `waiting for prod.example, which answered 503, 12 s`. */
export function waitProgress(
  { what, milliseconds }: { readonly what: string; readonly milliseconds?: number | undefined },
  safe: Safe,
): string {
  return `waiting for ${safe(what)}${milliseconds === undefined ? '' : `, ${humanDuration(milliseconds)}`}`;
}
