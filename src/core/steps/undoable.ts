import { MigratorError } from '../../errors.ts';
import type { RunRecord } from '../../ports/journal.ts';
import type { Options } from '../../ports/options.ts';
import { handleIn, isSameId, type OpenJob, parseHandle, stepsWith } from '../job-handle.ts';
import { canAnswer, type Consenting } from './consent.ts';
import type { Journaling } from './journaled.ts';
import { backupStep } from './way-back.ts';

export interface Started {
  readonly run: RunRecord;
  /** The step that changed the target, and the name of the target. */
  readonly step: string;
  readonly target: string;
}

export interface KeptBackup extends Started {
  readonly file: string;
  readonly restoreWith: Options;
}

export function backupOf({ run, step, target }: Started): readonly KeptBackup[] {
  const file = run.facts[`${backupStep(step)}.file`];
  if (typeof file !== 'string') return [];
  return [{ run, step, target, file, restoreWith: run.facts[`${backupStep(step)}.restoreWith`] ?? {} }];
}

/** The steps of runs on this machine that started the job. */
export async function stepsOf({ id, instance }: OpenJob, { journal }: Journaling): Promise<readonly Started[]> {
  const runs = (await journal.list()).filter((run) => handleIn(run, id, instance) !== undefined);
  return runs.flatMap((run) => {
    // A move is a job of its source.
    const other = Object.keys(run.places ?? {}).find((place) => place !== instance.name);
    return stepsWith(run, id, instance).flatMap((step) => {
      // The export of a backup is no job to undo.
      if (step.startsWith('backup')) return [];
      return [{ run, step, target: step.startsWith('move:') ? (other ?? instance.name) : instance.name }];
    });
  });
}

/** UNSUPPORTED for the handle of an export, which changed nothing. The hint names the import of the same run. */
export async function requireChange({ id, handle, instance }: OpenJob, { journal }: Journaling): Promise<void> {
  for (const run of await journal.list()) {
    const recorded = handleIn(run, id, instance);
    if (recorded === undefined) continue;
    const [step] = stepsWith(run, id, instance);
    if (step === undefined || !/^(?:backup|export)/u.test(step)) continue;
    const changed = changeAfter(step, run);
    const other = run.jobs.findLast(
      (one) => changed !== undefined && isSameId(parseHandle(one).id, changed, instance.adapter) && one !== recorded,
    );
    const what = step.startsWith('backup')
      ? `the export of a backup of ${instance.name}`
      : `an export of ${instance.adapter.product}`;
    throw new MigratorError('UNSUPPORTED', `${handle} is ${what}: it changed nothing, so there is nothing to undo`, {
      hint:
        other === undefined
          ? 'give the handle of the import; "migrator job list" prints them'
          : `the job that changed something is undone with: migrator job undo ${other}`,
    });
  }
}

/** The id of the job of a run that changed the target after this export. */
function changeAfter(step: string, { facts }: RunRecord): string | undefined {
  const steps = step.startsWith('backup') ? [step.replace(/^backup/u, 'move'), 'import'] : ['import'];
  return steps.map((name) => facts[`${name}.job`]).find((id): id is string => typeof id === 'string');
}

/**
 * Words for the question, when a run of this machine undid the job before. CONFLICT when nobody can be asked: a second undo
 * would take back what people have done since.
 */
export async function undoneBefore(
  { id, handle, instance }: OpenJob,
  {
    journaling: { journal },
    requireAnswerable,
  }: Pick<Consenting, 'requireAnswerable'> & { readonly journaling: Journaling },
): Promise<string> {
  const earlier = (await journal.list()).find(({ verb, outcome, facts }) => {
    const undone = facts['undo.of'];
    if (verb !== 'undo' || typeof undone !== 'string' || (outcome !== 'done' && outcome !== 'partial')) return false;
    return handleIn({ jobs: [undone] }, id, instance) !== undefined;
  });
  if (earlier === undefined) return '';
  const told = `${handle} was undone at ${earlier.updatedAt}`;
  if (requireAnswerable === undefined || canAnswer(requireAnswerable)) return `${told}; `;
  throw new MigratorError('CONFLICT', told, {
    hint: 'a second undo also takes back what was changed since; if you want that, use --yes',
    details: { undoneAt: earlier.updatedAt },
  });
}
