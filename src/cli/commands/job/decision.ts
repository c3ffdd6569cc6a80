import { decideJob } from '../../../core/operations/job-decide.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { lines } from '../../terminal/table.ts';
import { ofJob, openJob } from './open-job.ts';

const decided = { approve: 'approved', reject: 'rejected' } as const;

/** The run of `job approve` or `job reject`. */
export const runDecision =
  (decision: 'approve' | 'reject') =>
  async ({ args: [text = ''] }: Invocation, context: Context) => {
    const job = await openJob(text, context, { writes: true });
    const status = await ofJob(job, decideJob(job, decision, context.signal));
    const { handle } = job;
    context.result(
      `job-${decision}`,
      { handle, status },
      lines(
        `${decided[decision]} ${handle}`,
        decision === 'approve'
          ? `a command that still waits for the job continues; when there is none, as after --request-only, run: migrator job wait ${handle}`
          : undefined,
      ),
    );
    return undefined;
  };
