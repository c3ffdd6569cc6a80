import { MigratorError } from '../../errors.ts';
import type { JobStatus } from '../../ports/job.ts';
import type { Reporter } from '../../ports/reporter.ts';
import type { Result } from '../snapshots/result.ts';

export type Verdict = 'done' | 'partial';

/**
 * The outcome of a run from the final state of its job and from what the target shows: done or partial. JOB_FAILED, with
 * the server's message, otherwise. `removed`: the server has the job no more, so nobody can look at it.
 */
export function judge(handle: string, status: JobStatus, result?: Result, removed = false): Verdict {
  switch (status.state) {
    case 'succeeded':
      return result?.complete === false ? 'partial' : 'done';
    case 'partial':
      return 'partial';
    default:
      throw jobFailed(handle, status, result, removed);
  }
}

/**
 * The warnings for a report: what was left out from the beginning, and what the server said. Messages of level `info` are
 * not warnings; `watch` has already reported them.
 */
export function warningsOf(status: JobStatus | undefined, prepared: Omitting = {}): readonly string[] {
  const told = (status?.messages ?? []).filter(({ level }) => level !== 'info').map(({ text }) => text);
  return [...(prepared.omits ?? []), ...told];
}

interface Omitting {
  readonly omits?: readonly string[] | undefined;
}

/** What each run has said. Both halves of a relay, and the files of its export, may tell the same. */
const said = new WeakMap<Reporter, Set<string>>();

/** Warns of what stays behind, of each thing once in a run. */
export function warnOnce(messages: readonly string[], reporter: Reporter): void {
  const earlier = said.get(reporter) ?? new Set<string>();
  said.set(reporter, earlier);
  for (const message of messages) {
    if (earlier.has(message)) continue;
    earlier.add(message);
    reporter.report({ type: 'warning', message });
  }
}

/** Reports what the user should know before the work starts. */
export function announce(
  { notes, omits = [] }: Omitting & { readonly notes: readonly string[] },
  reporter: Reporter,
): void {
  for (const message of notes) reporter.report({ type: 'notice', message });
  warnOnce(omits, reporter);
}

function jobFailed(handle: string, status: JobStatus, result: Result | undefined, removed: boolean): MigratorError {
  const errors = status.messages.filter((message) => message.level === 'error').map((message) => message.text);
  const first = errors[0] ?? status.messages[0]?.text;
  const what = status.state === 'cancelled' ? 'was cancelled' : 'failed';
  // A task may say Success although its log shows a failure. The message then says so.
  const word =
    status.state === 'failed' && /success/iu.test(status.wireState) ? ` although it says ${status.wireState}` : '';
  return new MigratorError(
    'JOB_FAILED',
    `the ${status.kind} ${handle} ${what}${word}${first === undefined ? '' : `: ${first}`}`,
    {
      hint: removed
        ? "migrator removed the job after its end; --json shows all of the server's messages"
        : `see the server's log with: migrator job log ${handle}`,
      details: { handle, state: status.state, wireState: status.wireState, messages: status.messages, result },
    },
  );
}
