import { MigratorError } from '../../errors.ts';
import type { JobStatus } from '../../ports/job.ts';

export type Verdict = 'done' | 'partial';

/** What a final state means for the run: done or partial, or JOB_FAILED with the server's own words. */
export function judge(handle: string, status: JobStatus): Verdict {
  switch (status.state) {
    case 'succeeded':
      return 'done';
    case 'partial':
      return 'partial';
    default:
      throw jobFailed(handle, status);
  }
}

/** What a report warns of. What a job only remarks was told when it ended. */
export function warningsOf(status: JobStatus | undefined): readonly string[] {
  return (status?.messages ?? []).filter(({ level }) => level !== 'info').map(({ text }) => text);
}

function jobFailed(handle: string, status: JobStatus): MigratorError {
  const errors = status.messages.filter((message) => message.level === 'error').map((message) => message.text);
  const first = errors[0] ?? status.messages[0]?.text;
  const what = status.state === 'cancelled' ? 'was cancelled' : 'failed';
  // The server's word is told when it contradicts its log: a task that says Success and failed.
  const word =
    status.state === 'failed' && /success/iu.test(status.wireState) ? ` although it says ${status.wireState}` : '';
  return new MigratorError(
    'JOB_FAILED',
    `the ${status.kind} ${handle} ${what}${word}${first === undefined ? '' : `: ${first}`}`,
    {
      hint: `read the server's log with: migrator job log ${handle}`,
      details: { handle, state: status.state, wireState: status.wireState, messages: status.messages },
    },
  );
}
