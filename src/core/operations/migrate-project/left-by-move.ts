import type { JobStatus } from '../../../ports/job.ts';
import { facet } from '../../instance.ts';
import { formatRef } from '../../package-ref.ts';
import type { Left } from '../../steps/clean-up.ts';
import type { StartedJob } from '../../steps/exactly-once.ts';
import type { MigrateInput, MigratePorts } from './route.ts';

/**
 * A product that moves by packages of its own keeps them on both servers: an undo needs them. A move that waits has not
 * reached the target.
 */
export function leftByMove(
  { job, status }: { readonly job: StartedJob | undefined; readonly status: JobStatus | undefined },
  { dryRun }: MigrateInput,
  { source, target }: MigratePorts,
) {
  if (dryRun || job === undefined || facet(source, 'moves').discard === undefined) return [];
  const ref = facet(source, 'moves').packageOf?.(job.id);
  const kept = (name: string, what: string): Left => ({
    instance: name,
    what,
    ...(ref === undefined ? {} : { remove: `migrator package delete ${formatRef(ref)} --from ${name}` }),
  });
  if (status?.state === 'waiting') return [kept(source.name, `the package of ${job.handle}`)];
  return [source, target].map(({ name }) => kept(name, `the package of ${job.handle}, which an undo needs`));
}
