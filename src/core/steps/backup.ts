import { MigratorError } from '../../errors.ts';
import type { InstanceInfo } from '../../ports/adapter.ts';
import type { Backup } from '../../ports/importer.ts';
import type { Scope } from '../../ports/snapshot.ts';
import type { Reporter } from '../../ports/reporter.ts';
import { facet, type Instance } from '../instance.ts';
import { handleOf } from '../job-handle.ts';
import type { OperationPorts } from '../operation.ts';
import { discardJob } from './clean-up.ts';
import { fact } from './exactly-once.ts';
import { fetchExport, runExport } from './export.ts';
import { keepForUndo } from './look.ts';
import { type OwnSecrets, secretsOfExport } from './run-secrets.ts';
import { type PackageOutput, sealArtifact } from './seal-artifact.ts';
import { judge } from './verdict.ts';
import { backupStep, coverage, firstBackup } from './way-back.ts';

/** Where a backup is written. Used only when one is needed, because sealing needs keys and most imports need none. */
export interface BackupPlace {
  /** The user named the file of the backup. */
  readonly named: boolean;
  /** `replaces` is the backup file of an earlier attempt of this run, which may be overwritten. */
  output(replaces: string | undefined): Promise<PackageOutput>;
  /** Whether the file of an earlier backup is still there. */
  holds(file: string): Promise<boolean>;
  /** The secrets of the export. The backup carries them. */
  readonly secrets: OwnSecrets;
}

/**
 * Takes the backup that a step needs, and keeps the content of the target, so that an undo can be compared. Undefined when
 * it needs none, and, with a warning, when the user wants none.
 */
export async function backUp(
  { step, target, info, scope, backup, place, destroys }: BackupNeed,
  ports: OperationPorts,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (backup === undefined) {
    if (place?.named !== true || target.adapter.jobs.undo !== undefined) return undefined;
    if (destroys)
      throw new MigratorError(
        'UNSUPPORTED',
        `no backup of ${target.name} can be taken before this, and --backup asks for one`,
        {
          hint: 'export what is there with partial-export first, then use --no-backup',
        },
      );
    ports.reporter.report({
      type: 'notice',
      message: `nothing on ${target.name} is overwritten, so no backup is taken`,
    });
    return undefined;
  }
  if (place === undefined) {
    ports.reporter.report({
      type: 'warning',
      message: `no backup of ${target.name} is taken, so what is destroyed there cannot be restored`,
    });
    return undefined;
  }
  const kept = await keepFirst(step, target, backup, place, ports);
  if (kept !== undefined) return kept;
  const file = await takeBackup(target, info, { ...backup, step: backupStep(step) }, place, ports, signal);
  await keepForUndo(target, step, scope, ports, signal);
  return file;
}

/**
 * The backup from before a change of this target that stopped half-way, which is used again: what is there now is not what
 * was there. Undefined when there is none that can be used.
 */
async function keepFirst(
  step: string,
  target: Instance,
  backup: Backup,
  place: BackupPlace,
  { run, reporter }: OperationPorts,
): Promise<string | undefined> {
  const first = await firstBackup(step, target, backup, run);
  if (first === undefined) return undefined;
  const { file, from, fits } = first;
  const before = `an earlier run on ${target.name} stopped half-way; what was there before is in ${file}`;
  if (!fits || !(await place.holds(file))) {
    const why = fits ? 'which is not there any more' : 'which holds other things than this import changes';
    reporter.report({ type: 'warning', message: `${before}, ${why}: a new backup is taken` });
    return undefined;
  }
  reporter.report({
    type: 'notice',
    message: `${before}, so migrator keeps that backup and takes no new one; to take a new one, use --fresh`,
  });
  if (from === undefined) return file;
  const earlier = backupStep(from.step);
  const restoreWith = from.record.facts[`${earlier}.restoreWith`] ?? backup.restoreWith;
  const own = backupStep(step);
  await run.note({
    ...fact(own, 'file', file),
    ...fact(own, 'restoreWith', restoreWith),
    ...fact(own, 'covers', coverage(backup)),
  });
  const content = await run.keptOf(from.record, `${from.step}.undo`);
  if (content !== undefined) await run.keep(`${step}.undo`, content);
  return file;
}

interface BackupNeed {
  readonly step: string;
  readonly target: Instance;
  readonly info: InstanceInfo;
  readonly scope: Scope | undefined;
  readonly backup: Backup | undefined;
  /** Undefined when the user wants no backup. */
  readonly place: BackupPlace | undefined;
  /** Whether something on the target is overwritten or deleted. */
  readonly destroys: boolean;
}

/**
 * Exports what an import is about to change to a sealed package on this machine. Returns the file name, which is
 * journaled for `job undo`. If an earlier attempt of this run took a backup, the target may have changed after that. As
 * nothing is destroyed yet, the backup is taken again.
 */
async function takeBackup(
  target: Instance,
  info: InstanceInfo,
  { request, restoreWith, step }: Backup & { readonly step: string },
  place: BackupPlace,
  ports: OperationPorts,
  signal: AbortSignal,
): Promise<string> {
  const { run, reporter } = ports;
  const earlier = run.record.facts[`${step}.file`];
  const replaces = typeof earlier === 'string' ? earlier : undefined;
  if (replaces !== undefined) {
    reporter.report({
      type: 'notice',
      message: `${target.name} may have changed since the backup ${replaces}; a new backup is taken`,
    });
  }
  // If the file exists, the run must stop before the server starts to work.
  const output = await place.output(replaces);
  const secrets = await secretsOfExport(target, {}, place.secrets);
  const earlierJob = run.record.facts[`${step}.job`];
  if (typeof earlierJob === 'string') await discardBackup(target, earlierJob, reporter, signal);
  await run.note({ ...fact(step, 'prepared', null), ...fact(step, 'intendedAt', null), ...fact(step, 'job', null) });
  const waiting = { wait: true, timeout: undefined, pollInterval: undefined };
  const { prepared, job, status } = await runExport(
    { source: target, request, secrets, destination: undefined, sealed: true, step, waiting },
    ports,
    signal,
  );
  if (status !== undefined) judge(job.handle, status);
  const artifact = await fetchExport(target, job, prepared, signal);
  const { carried } = secrets;
  const origin = { source: target, info, prepared, options: request.options, carried };
  await sealArtifact(artifact, origin, output, ports, signal);
  const file = output.name(artifact.package);
  await run.note({
    ...fact(step, 'file', file),
    ...fact(step, 'restoreWith', restoreWith),
    ...fact(step, 'covers', coverage({ request, restoreWith })),
  });
  reporter.report({ type: 'notice', message: `a backup of ${target.name} is in ${file}` });
  await discardBackup(target, job.id, reporter, signal);
  return file;
}

/** Removes what the export of a backup left on the target. */
async function discardBackup(target: Instance, id: string, reporter: Reporter, signal: AbortSignal): Promise<void> {
  const handle = handleOf(target, id);
  await discardJob({ id, handle }, facet(target, 'exports'), { source: target, reporter }, signal);
}
