import { formatHandle, type OpenJob, parseHandle } from '../../../core/job-handle.ts';
import { MigratorError } from '../../../errors.ts';
import type { Context } from '../../context.ts';
import { instancesOf } from '../../servers/instances.ts';

/**
 * The job of a handle. USAGE when its instance has another product, CONFLICT when the name of the instance means another
 * server than the one on which this machine started the job.
 */
export async function openJob(
  text: string,
  context: Context,
  { writes }: { readonly writes: boolean },
): Promise<OpenJob> {
  const parsed = parseHandle(text);
  const instances = await instancesOf(context);
  const { product } = instances.config(parsed.instance);
  if (product !== parsed.product) {
    throw new MigratorError(
      'USAGE',
      `${text} is a job of ${parsed.product}, but instance "${parsed.instance}" is ${product}`,
    );
  }
  const instance = await (writes ? instances.target(parsed.instance) : instances.source(parsed.instance));
  const run = (await (await context.journal()).list()).find(({ jobs }) => jobs.includes(text));
  const place = run?.places?.[parsed.instance];
  if (place !== undefined && place !== instance.place) {
    throw new MigratorError(
      'CONFLICT',
      `${text} is a job on ${place}, but instance "${parsed.instance}" is ${instance.place} now`,
      { hint: 'name the server of the job in the rc file again, or use the rc file with which the job was started' },
    );
  }
  return { instance, id: parsed.id, handle: formatHandle(parsed) };
}
