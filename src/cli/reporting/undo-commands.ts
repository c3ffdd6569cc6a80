import type { JobFacts, RunFacts } from '../../core/report/report.ts';
import { handleIn, parseHandle, wholeId } from '../../core/job-handle.ts';
import { isUndoable } from '../../core/operations/job-undo.ts';
import { isMigratorError } from '../../errors.ts';
import type { Context } from '../context.ts';
import { instancesOf } from '../servers/instances.ts';

const undoneKinds: readonly string[] = ['import', 'move'];

/** The commands that take a run back, the last job first. Asks no server. */
export async function undoCommands({ jobs, tiles }: RunFacts, context: Context): Promise<readonly string[]> {
  const { created, overwritten, merged, deleted } = tiles.counts;
  if (tiles.basis === 'seen' && created + overwritten + merged + deleted === 0) return [];
  const commands: string[] = [];
  for (const job of [...jobs].reverse()) {
    const isOver = job.endedAt !== undefined;
    if (isOver && undoneKinds.includes(job.kind) && (await canUndo(job, context)))
      commands.push(`migrator job undo ${job.handle}`);
  }
  return commands;
}

async function canUndo({ handle, instance: name }: JobFacts, context: Context): Promise<boolean> {
  try {
    const instance = await (await instancesOf(context)).target(name);
    const journaling = await context.journaling(false);
    const records = await journaling.journal.list();
    const id = wholeId(parseHandle(handle).id, instance, records);
    if (!records.some((record) => handleIn(record, id, instance) !== undefined)) return false;
    return await isUndoable({ instance, id, handle }, journaling);
  } catch (error) {
    // A report is no reason to fail: without its journal or its instance nobody knows a way back.
    if (isMigratorError(error)) return false;
    throw error;
  }
}
