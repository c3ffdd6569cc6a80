import { MigratorError } from '../../errors.ts';
import type { RunRecord } from '../../ports/journal.ts';
import type { Options } from '../../ports/options.ts';
import { parseHandle } from '../job-handle.ts';
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
export async function stepsOf(handle: string, { journal }: Journaling): Promise<readonly Started[]> {
  const { id, instance } = parseHandle(handle);
  const runs = (await journal.list()).filter(({ jobs }) => jobs.includes(handle));
  return runs.flatMap((run) => {
    // A move is a job of its source.
    const other = Object.keys(run.places ?? {}).find((place) => place !== instance);
    return Object.entries(run.facts).flatMap(([name, value]) => {
      if (!name.endsWith('.job') || value !== id) return [];
      const step = name.slice(0, -'.job'.length);
      // The export of a backup is no job to undo.
      if (step.startsWith('backup')) return [];
      return [{ run, step, target: step.startsWith('move:') ? (other ?? instance) : instance }];
    });
  });
}

/** UNSUPPORTED for the handle of an export, which changed nothing. The hint names the import of the same run. */
export async function requireChange(handle: string, { journal }: Journaling): Promise<void> {
  const { id, instance, product } = parseHandle(handle);
  for (const run of await journal.list()) {
    if (!run.jobs.includes(handle)) continue;
    const [step] = Object.entries(run.facts).flatMap(([name, value]) =>
      name.endsWith('.job') && value === id ? [name.slice(0, -'.job'.length)] : [],
    );
    if (step === undefined || !/^(?:backup|export)/u.test(step)) continue;
    const changed = changeAfter(step, run);
    const other = run.jobs.findLast(
      (one) => changed !== undefined && parseHandle(one).id === changed && one !== handle,
    );
    const what = step.startsWith('backup') ? `the export of a backup of ${instance}` : `an export of ${product}`;
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
  handle: string,
  {
    journaling: { journal },
    requireAnswerable,
  }: Pick<Consenting, 'requireAnswerable'> & { readonly journaling: Journaling },
): Promise<string> {
  const earlier = (await journal.list()).find(
    ({ verb, outcome, facts }) =>
      verb === 'undo' && facts['undo.of'] === handle && (outcome === 'done' || outcome === 'partial'),
  );
  if (earlier === undefined) return '';
  const told = `${handle} was undone at ${earlier.updatedAt}`;
  if (requireAnswerable === undefined || canAnswer(requireAnswerable)) return `${told}; `;
  throw new MigratorError('CONFLICT', told, {
    hint: 'a second undo also takes back what was changed since; if you want that, say --yes',
    details: { undoneAt: earlier.updatedAt },
  });
}
