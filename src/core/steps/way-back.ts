import { canonical } from '../../canonical.ts';
import { MigratorError } from '../../errors.ts';
import type { Backup } from '../../ports/importer.ts';
import type { Run, RunRecord } from '../../ports/journal.ts';
import type { Instance } from '../instance.ts';
import { isBegun } from './exactly-once.ts';

/** The step of the backup before a step that changes the target. An import has no other. */
export function backupStep(step: string): string {
  return step === 'import' ? 'backup' : step.replace(/^move/u, 'backup');
}

/** The steps of a run that may have changed a target, each with the backup that was taken before it. */
function changesOf({ facts }: RunRecord): readonly { readonly step: string; readonly file: string | undefined }[] {
  const steps = new Set(Object.keys(facts).map((name) => name.slice(0, name.lastIndexOf('.'))));
  return [...steps]
    .filter((step) => (step === 'import' || step.startsWith('move')) && isBegun(facts, step))
    .map((step) => {
      const file = facts[`${backupStep(step)}.file`];
      return { step, file: typeof file === 'string' ? file : undefined };
    });
}

export interface FirstBackup {
  readonly file: string;
  /** The run that took it, and the step that it changed after that. Undefined for the run itself. */
  readonly from: { readonly record: RunRecord; readonly step: string } | undefined;
  /** Whether it holds what a backup of now would hold. */
  readonly fits: boolean;
}

/**
 * The backup of a target from before a change that stopped half-way. What is there now is incomplete, and a backup of it is no
 * way back. Undefined when the last change of the target ended, or was undone.
 */
export async function firstBackup(
  step: string,
  target: Instance,
  backup: Backup,
  run: Run,
): Promise<FirstBackup | undefined> {
  const { facts, key, places } = run.record;
  const own = facts[`${backupStep(step)}.file`];
  if (facts[`${step}.sent`] === true && typeof own === 'string') return { file: own, from: undefined, fits: true };
  const place = places?.[target.name];
  for (const record of await run.earlier()) {
    if (place === undefined || Object.values(record.places ?? {}).at(-1) !== place) continue;
    const { outcome, left, verb } = record;
    const ended = outcome === 'done' || outcome === 'partial';
    if (verb === 'undo' && ended) return undefined;
    const change = changesOf(record).at(-1);
    if (verb === 'undo' || change === undefined) continue;
    if (ended) return undefined;
    if (change.file === undefined || (outcome === undefined && left !== 'failed')) continue;
    const covers = record.facts[`${backupStep(change.step)}.covers`];
    const fits = record.key === key || covers === coverage(backup);
    return { file: change.file, from: { record, step: change.step }, fits };
  }
  return undefined;
}

/** What a backup holds, and how it is restored. Backups with the same text can stand for each other. */
export function coverage({ request, restoreWith }: Backup): string {
  return canonical({ projects: request.projects, options: request.options, restoreWith });
}

/** The error of a run that may have changed its target, with the backup that shows what was there before. */
export function namingBackup(error: MigratorError, record: RunRecord): MigratorError {
  const change = changesOf(record).findLast(({ file }) => file !== undefined);
  if (change?.file === undefined || error.code === 'STILL_RUNNING') return error;
  const id = record.facts[`${change.step}.job`];
  const handle = typeof id === 'string' ? record.jobs.findLast((one) => one.endsWith(id)) : undefined;
  const how = handle === undefined ? '' : `; to bring it back: migrator job undo ${handle}`;
  const hint = `${error.hint === undefined ? '' : `${error.hint}; `}what was there before is in ${change.file}${how}`;
  return new MigratorError(error.code, error.message, {
    hint,
    details: { backup: change.file, ...error.details },
    cause: error,
  });
}
