import { MigratorError } from '../../errors.ts';
import type { InstanceInfo } from '../../ports/adapter.ts';
import type { ArtifactFile } from '../../ports/artifact.ts';
import type { ImportRequest, PreparedImport } from '../../ports/importer.ts';
import type { JobStatus, LogLine } from '../../ports/job.ts';
import type { PlanItem } from '../../ports/plan.ts';
import type { Secrets } from '../../ports/options.ts';
import { facet, type Instance } from '../instance.ts';
import type { OperationPorts, Waiting } from '../operation.ts';
import { describeRef } from '../package-ref.ts';
import type { Result } from '../snapshots/result.ts';
import { type BackupPlace, backUp } from './backup.ts';
import { type Consenting, mustAnswer, questionBefore, requireConsent } from './consent.ts';
import type { Counterpart, Opening } from './counterpart.ts';
import { prepareOnce, isBegun, type StartedJob } from './exactly-once.ts';
import { lookBefore } from './look.ts';
import { announcePlan } from './plan.ts';
import { runJob } from './run-job.ts';
import { requireSecrets } from './run-secrets.ts';
import { announce } from './verdict.ts';
import { isFinal } from './watch.ts';
import { backupStep } from './way-back.ts';

export interface ImportRun {
  readonly target: Instance;
  readonly info: InstanceInfo;
  readonly request: ImportRequest;
  readonly secrets: Secrets;
  /** See ImportInput.preview. */
  readonly preview?: boolean;
  /** Where a backup is written if the import needs one. Undefined when the user wants no backup. */
  readonly backup: BackupPlace | undefined;
  /** True for the import of a backup: it takes no backup and asks no question. */
  readonly restores: boolean;
  /** Whether the product's overwrite option is given. */
  readonly overwrites: boolean;
  /** The plan by the names of the projects, for an adapter that makes none. */
  readonly plan: readonly PlanItem[];
  /** Skipping what is there is wanted. */
  readonly skips?: boolean | undefined;
  readonly counterpart?: Counterpart | undefined;
  readonly open?: Opening | undefined;
  readonly step: string;
  readonly waiting: Waiting;
}

export interface ImportResult {
  readonly prepared: PreparedImport;
  /** Undefined for a dry run that only plans. */
  readonly job: StartedJob | undefined;
  readonly status: JobStatus | undefined;
  readonly backup: string | undefined;
  /** Undefined when the job has not ended. */
  readonly result: Result | undefined;
  /** What the server found in the files of a preview. */
  readonly preview?: readonly LogLine[];
}

/** Prepares an import, starts it exactly once and waits for it. The caller judges the final state. */
export async function runImport(
  work: ImportRun,
  ports: OperationPorts & Consenting,
  signal: AbortSignal,
): Promise<ImportResult> {
  const { target, request, secrets, step } = work;
  const { reporter, run } = ports;
  const imports = facet(target, 'imports');
  requireSecrets(target, imports.requiredSecrets, secrets);
  const prepared = await prepareOnce(step, 'begun', {
    run,
    prepare: (earlier: PreparedImport | undefined) =>
      imports.prepare({ ...request, earlier: earlier?.settled }, signal, secrets),
    find: (earlier, since) => imports.find(earlier, since, signal),
  });
  announce(prepared, reporter);
  if (prepared.plan !== undefined && isToldBefore(work)) announcePlan(prepared.plan, target.name, reporter);
  const nothing = { prepared, job: undefined, status: undefined, backup: undefined, result: undefined };
  if (work.preview === true) return { ...nothing, preview: await previewed(work, prepared, ports, signal) };
  if (request.dryRun && imports.dryRuns === 'plan') return nothing;
  // Servers that import from their feed already have the file.
  const files = imports.takes === 'files' ? (request.files ?? []) : [];
  const backup = await makeReady(work, prepared, files, ports, signal);
  const { scope, plan = work.plan } = prepared;
  const look = request.dryRun
    ? undefined
    : await lookBefore(
        {
          step,
          target,
          scope,
          plan,
          whole: prepared.plan !== undefined,
          overwrites: work.overwrites,
          skips: work.skips,
          counterpart: work.counterpart,
          open: work.open,
          undoable: target.adapter.jobs.undo !== undefined,
          undoes: prepared.undoes,
        },
        ports,
        signal,
      );
  const { job, status } = await runJob(
    {
      step,
      instance: target,
      kind: request.dryRun ? 'dry-run' : 'import',
      subject: `${describeRef(request.source)} into ${target.name}`,
      waiting: work.waiting,
      start: (inner) => imports.start(prepared, secrets, files, inner, request.options),
      find: (since, inner) => imports.find(prepared, since, inner),
    },
    ports,
    signal,
  );
  const result = status === undefined || !isFinal(status.state) ? undefined : await look?.(status);
  return { prepared, job, status, backup, result };
}

/** The result of a dry run is its plan, so that one is told once. */
function isToldBefore({ request, preview }: ImportRun): boolean {
  return !request.dryRun && preview !== true;
}

/** Lets the server look into the files, when the user agrees that they stay there. */
async function previewed(
  { target, request, secrets }: ImportRun,
  prepared: PreparedImport,
  ports: OperationPorts & Consenting,
  signal: AbortSignal,
): Promise<readonly LogLine[]> {
  const imports = facet(target, 'imports');
  if (imports.preview === undefined)
    throw new MigratorError('UNSUPPORTED', `${target.name} shows no preview of an import`, { hint: 'use --dry-run' });
  const { leaves } = prepared;
  if (leaves !== undefined) {
    const text = `upload ${describeRef(request.source)} to ${target.name} for a preview? It leaves ${leaves} there`;
    await requireConsent(mustAnswer(text), `nothing was uploaded to ${target.name}`, ports);
  }
  const subject = `${describeRef(request.source)} to ${target.name}`;
  ports.reporter.report({ type: 'phase', name: 'upload', subject });
  return imports.preview(prepared, request.files ?? [], secrets, signal);
}

/**
 * Does everything that must happen before the target is changed: brings the files there, takes a backup, asks the user.
 */
async function makeReady(
  { target, info, request, secrets, backup: place, restores, overwrites, plan: byName, step }: ImportRun,
  prepared: PreparedImport,
  files: readonly ArtifactFile[],
  ports: OperationPorts & Consenting,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { facts } = ports.run.record;
  const earlier = facts[`${backupStep(step)}.file`];
  if (isBegun(facts, step)) return typeof earlier === 'string' ? earlier : undefined;
  const imports = facet(target, 'imports');
  const { consent, plan = byName.length > 0 ? byName : undefined } = prepared;
  const question =
    restores || request.dryRun
      ? undefined
      : questionBefore({ target: target.name, plan, consent, overwrites, whole: prepared.plan !== undefined });
  // Nothing is brought to the server for an import that nobody can agree to.
  if (question !== undefined) ports.requireAnswerable?.(question);
  if (imports.stage !== undefined) {
    ports.reporter.report({
      type: 'phase',
      name: 'upload',
      subject: `${describeRef(request.source)} to ${target.name}`,
    });
    await imports.stage(prepared, files, signal, secrets);
  }
  if (restores || request.dryRun) return undefined;
  const { scope, backup: wanted } = prepared;
  const backup = await backUp(
    {
      step,
      target,
      info,
      scope,
      backup: wanted,
      place,
      destroys: question !== undefined || (overwrites && prepared.plan === undefined),
    },
    ports,
    signal,
  );
  await requireConsent(question, `the import into ${target.name} was not started`, ports);
  return backup;
}

const longestPlan = 20_000;

/** The log of a dry run, which is the server's plan. */
export async function readLog(instance: Instance, id: string, signal: AbortSignal): Promise<readonly LogLine[]> {
  const lines: LogLine[] = [];
  for await (const line of instance.adapter.jobs.log(id, signal)) {
    if (lines.push(line) >= longestPlan) break;
  }
  return lines;
}
