import { formatHandle, type OpenJob, parseHandle } from '../../../core/job-handle.ts';
import { MigratorError } from '../../../errors.ts';
import type { Context } from '../../context.ts';
import { instancesOf } from '../../servers/instances.ts';

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
  return { instance, id: parsed.id, handle: formatHandle(parsed) };
}
