import { isMigratorError } from '../../errors.ts';
import type { Reporter } from '../../ports/reporter.ts';
import type { Instance } from '../instance.ts';
import type { StartedJob } from '../start-once.ts';

type Discard = ((jobId: string, signal: AbortSignal) => Promise<void>) | undefined;

/** Takes away what a rehearsal needed on its source; what cannot be taken away is told. */
export async function discardLeft(
  job: Pick<StartedJob, 'id' | 'handle'>,
  discard: Discard,
  { source, reporter }: { readonly source: Instance; readonly reporter: Reporter },
  signal: AbortSignal,
): Promise<void> {
  if (discard === undefined) return;
  reporter.report({ type: 'phase', name: 'clean-up', subject: job.handle });
  try {
    await discard(job.id, signal);
  } catch (error) {
    if (!isMigratorError(error) || error.code === 'CANCELLED') throw error;
    const message = `what the dry run needed is still on ${source.name}: ${error.message}`;
    reporter.report({ type: 'warning', message, hint: error.hint });
  }
}
