import { jobVerb } from '../../../core/instance.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { lines } from '../../terminal/table.ts';
import { openJob } from './open-job.ts';

const decided = { approve: 'approved', reject: 'rejected' } as const;

/** The run of `job approve` or `job reject`. */
export const runJobDecision =
  (verb: 'approve' | 'reject') =>
  async ({ args: [text = ''] }: Invocation, context: Context) => {
    const { instance, id, handle } = await openJob(text, context, { writes: true });
    await jobVerb(instance, verb)(id, context.signal);
    const status = await instance.adapter.jobs.status(id, context.signal);
    context.result(
      verb === 'approve' ? 'job-approve' : 'job-reject',
      { handle, status },
      lines(
        `${decided[verb]} ${handle}`,
        verb === 'approve' ? `whoever started it goes on; so does: migrator job wait ${handle}` : undefined,
      ),
    );
    return undefined;
  };
