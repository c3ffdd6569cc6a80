import type { JobFacts, RunFacts } from '../../core/report/report.ts';
import { handleIn, parseHandle, wholeId } from '../../core/job-handle.ts';
import { isUndoable } from '../../core/operations/job-undo.ts';
import type { Journaling } from '../../core/steps/journaled.ts';
import type { RunRecord } from '../../ports/journal.ts';
import { isMigratorError } from '../../errors.ts';
import type { Context } from '../context.ts';
import { instancesOf } from '../servers/instances.ts';

const undoneKinds: readonly string[] = ['import', 'move'];

/** Finds the commands that take runs back, the last job first. Reads the journal once, and asks no server. */
export function undoFinder(context: Context): (run: RunFacts) => Promise<readonly string[]> {
  let read: Promise<Known> | undefined;
  const known = async (): Promise<Known> => {
    const journaling = await context.journaling(false);
    return { journaling, records: await journaling.journal.list() };
  };
  return (run) => undoCommands(run, context, () => (read ??= known()));
}

interface Known {
  readonly journaling: Journaling;
  readonly records: readonly RunRecord[];
}

async function undoCommands(
  { jobs, tiles }: RunFacts,
  context: Context,
  known: () => Promise<Known>,
): Promise<readonly string[]> {
  const { created, overwritten, merged, deleted } = tiles.counts;
  if (tiles.basis === 'seen' && created + overwritten + merged + deleted === 0) return [];
  const commands: string[] = [];
  for (const job of [...jobs].reverse()) {
    const isOver = job.endedAt !== undefined;
    if (isOver && undoneKinds.includes(job.kind) && (await canUndo(job, context, known)))
      commands.push(`migrator job undo ${job.handle}`);
  }
  return commands;
}

async function canUndo(
  { handle, instance: name }: JobFacts,
  context: Context,
  known: () => Promise<Known>,
): Promise<boolean> {
  try {
    const instance = await (await instancesOf(context)).target(name);
    const { journaling, records } = await known();
    const id = wholeId(parseHandle(handle).id, instance, records);
    if (!records.some((record) => handleIn(record, id, instance) !== undefined)) return false;
    return await isUndoable({ instance, id, handle }, journaling);
  } catch (error) {
    // A report is no reason to fail: without its journal or its instance nobody knows a way back.
    if (isMigratorError(error)) return false;
    throw error;
  }
}
