import { handleIn, handleOf, type OpenJob, parseHandle, wholeId } from '../../../core/job-handle.ts';
import { answerOf } from '../../../core/steps/preflight.ts';
import { isMigratorError, MigratorError } from '../../../errors.ts';
import type { Context } from '../../context.ts';
import { instancesOf } from '../../servers/instances.ts';

/**
 * The job of a handle, which may be a short one. USAGE when its instance has another product, CONFLICT when the name of the
 * instance means another server than the one on which this machine started the job.
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
      {
        hint: `jobs of it are ${product}:${parsed.instance}:<id>; "migrator job list --from ${parsed.instance}" lists them`,
      },
    );
  }
  const instance = await (writes ? instances.target(parsed.instance) : instances.source(parsed.instance));
  const records = await (await context.journal()).list();
  const isHere = ({ places }: (typeof records)[number]): boolean =>
    (places?.[parsed.instance] ?? instance.place) === instance.place;
  const id = wholeId(parsed.id, instance, records.filter(isHere));
  const run = records.find((record) => handleIn(record, id, instance) !== undefined);
  if (run !== undefined && !records.some((one) => isHere(one) && handleIn(one, id, instance) !== undefined)) {
    throw new MigratorError(
      'CONFLICT',
      `${text} is a job on ${run.places?.[parsed.instance] ?? ''}, but instance "${parsed.instance}" is ${instance.place} now`,
      { hint: 'name the server of the job in the rc file again, or use the rc file with which the job was started' },
    );
  }
  return { instance, id, handle: handleOf(instance, id) };
}

/** Says what to do when the server of a job refuses, and where its jobs are listed when it does not know one. */
export async function ofJob<T>({ instance, id }: OpenJob, answer: Promise<T>): Promise<T> {
  try {
    return await answerOf(instance, answer);
  } catch (error) {
    if (!isMigratorError(error, 'NOT_FOUND')) throw error;
    // An adapter may let the answer of its server through. A request is no news for who asked for a job.
    const isRaw = error.details['status'] === 404 && error.details['request'] !== undefined;
    throw new MigratorError('NOT_FOUND', isRaw ? `${instance.name} does not know a job ${id}` : error.message, {
      hint: `"migrator job list --from ${instance.name}" lists its jobs`,
      details: error.details,
      cause: error,
    });
  }
}
