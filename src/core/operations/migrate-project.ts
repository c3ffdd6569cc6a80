import { MigratorError } from '../../errors.ts';
import type { ExportRequest, InstanceInfo, MoveRequest, Options, Secrets } from '../../ports/adapter.ts';
import type { PackageRef } from '../../ports/artifact.ts';
import type { JobStatus, LogLine } from '../../ports/job.ts';
import { announce, fetchExport, runExport } from '../export-run.ts';
import { facet, type Instance } from '../instance.ts';
import { type OperationPorts, type Outcome, type Waiting, worst } from '../operation.ts';
import { planImport, type PlanItem } from '../plan.ts';
import { leftMaintenance, probe, requireCompatible } from '../preflight.ts';
import { type PackageOutput, sealArtifact } from '../seal-artifact.ts';
import type { SealedSource } from '../sealed-source.ts';
import { isBegun, startOnce } from '../start-once.ts';
import { judge } from '../verdict.ts';
import { watch } from '../watch.ts';
import { importPackage, takeBack, type ImportReport, type ImportSource } from './import-package.ts';

/** `move`: one server-side step. `push`: the source server delivers to the target's feed. `relay`: by way of this machine. */
export type Route = 'move' | 'push' | 'relay';

export interface MigrateInput extends Waiting {
  readonly request: ExportRequest;
  readonly importOptions: Options;
  readonly destination: string | undefined;
  readonly route: Route | 'auto';
  readonly dryRun: boolean;
  readonly overwrites: boolean;
  readonly ignoreVersion: boolean;
}

/** Where a relayed package lies between the two servers: sealed like any other. */
export interface Staging {
  readonly output: PackageOutput;
  /** Opens what `output` wrote. */
  reopen(): Promise<SealedSource>;
  remove(): Promise<void>;
}

export interface MigratePorts extends OperationPorts {
  readonly source: Instance;
  readonly target: Instance;
  readonly secrets: Secrets;
  readonly staging: Staging;
}

export interface MigrateReport {
  readonly outcome: Outcome;
  readonly route: Route;
  /** Why another route than the first choice ran. */
  readonly rerouted: string | undefined;
  readonly projects: readonly string[];
  readonly jobs: readonly string[];
  readonly package: PackageRef | undefined;
  readonly plan: readonly PlanItem[];
  readonly dryRun: boolean;
  readonly warnings: readonly string[];
  readonly log: readonly LogLine[];
}

/** Moves projects from one instance to another by the shortest route that works. */
export async function migrateProject(
  input: MigrateInput,
  ports: MigratePorts,
  signal: AbortSignal,
): Promise<MigrateReport> {
  const { source, target, reporter } = ports;
  const info = await probe(source, reporter, signal);
  const targetInfo = await probe(target, reporter, signal);
  if (source.adapter.product !== target.adapter.product) {
    throw new MigratorError(
      'UNSUPPORTED',
      `${source.name} is ${source.adapter.product}, but ${target.name} is ${target.adapter.product}`,
    );
  }
  requireCompatible(info.version, target, targetInfo, { ignore: input.ignoreVersion, reporter });
  const { route, because } = await chooseRoute(input, ports, targetInfo, signal);
  if (because !== undefined) reporter.report({ type: 'notice', message: because });
  const plan = await projectPlan(input, ports, signal);
  if (route === 'move') return { ...(await move(input, ports, targetInfo, signal)), plan };
  if (route === 'relay') return { ...(await relay(input, ports, info, 'relay', signal)), plan, rerouted: because };
  return push(input, ports, info, plan, signal);
}

async function chooseRoute(
  input: MigrateInput,
  { source, target }: MigratePorts,
  targetInfo: InstanceInfo,
  signal: AbortSignal,
): Promise<{ readonly route: Route; readonly because: string | undefined }> {
  const pushes = source.adapter.exports?.pushes === true && target.adapter.feed?.destination !== undefined;
  const refused =
    source.adapter.moves === undefined
      ? 'the product has no server-side move'
      : await source.adapter.moves.reaches(targetInfo, signal);
  if (input.route === 'auto') {
    if (refused === true) return { route: 'move', because: undefined };
    return { route: pushes ? 'push' : 'relay', because: undefined };
  }
  const obstacle =
    input.route === 'move' && refused !== true
      ? refused
      : input.route === 'push' && !pushes
        ? 'servers of this product cannot push to each other'
        : undefined;
  if (obstacle !== undefined) {
    throw new MigratorError(
      'UNSUPPORTED',
      `route ${input.route} cannot be taken from ${source.name} to ${target.name}: ${obstacle}`,
      { hint: 'use --route auto' },
    );
  }
  return { route: input.route, because: undefined };
}

async function projectPlan(input: MigrateInput, { source, target, reporter }: MigratePorts, signal: AbortSignal) {
  const existing = [];
  for await (const item of target.adapter.inventory.list('project', signal)) existing.push(item);
  const wanted = input.request.projects.map((name) => ({ kind: 'project', name }));
  const plan = planImport(wanted, existing, input.overwrites);
  for (const { name, action } of plan) {
    reporter.report({ type: 'notice', message: `project "${name}" of ${source.name}, on ${target.name}: ${action}` });
  }
  return plan;
}

async function push(
  input: MigrateInput,
  ports: MigratePorts,
  info: InstanceInfo,
  plan: readonly PlanItem[],
  signal: AbortSignal,
): Promise<MigrateReport> {
  const { source, target, reporter, run } = ports;
  const failedBefore = run.record.facts['push.failed'];
  if (typeof failedBefore === 'string')
    return { ...(await relay(input, ports, info, 'relay', signal)), plan, rerouted: failedBefore };
  const destination = await facet(target, 'feed').destination?.(signal);
  const waiting = { ...input, wait: true };
  const { prepared, job, status } = await runExport(
    { source, request: input.request, secrets: ports.secrets, destination, step: 'push', waiting },
    ports,
    signal,
  );
  const delivered = status?.state === 'succeeded' || status?.state === 'partial';
  // An import that was begun may have deleted the package since.
  const arrived =
    isBegun(run.record.facts, 'import') ||
    (delivered && (await facet(target, 'feed').stat(prepared.package, signal)) !== undefined);
  const failure = arrived || status === undefined ? undefined : pushFailure(status, source, target);
  if (failure !== undefined && input.route === 'auto') {
    reporter.report({ type: 'warning', message: `${failure}; going by way of this machine instead` });
    await run.note({ 'push.failed': failure });
    return { ...(await relay(input, ports, info, 'relay', signal)), plan, rerouted: failure };
  }
  const verdict = status === undefined ? 'done' : judge(job.handle, status);
  if (failure !== undefined) throw new MigratorError('JOB_FAILED', failure, { hint: 'use --route relay' });
  const normal = await leftMaintenance(source, info, reporter, signal);
  const imported = await importStep(
    input,
    { kind: 'stored', ref: prepared.package, exportedWith: input.request.options },
    ports,
    signal,
  );
  if (input.dryRun) await takeBack(prepared.package, target, reporter, signal);
  return {
    ...merged('push', imported, input, [job.handle]),
    outcome: worst(verdict, normal ? 'done' : 'partial', imported.outcome),
    projects: prepared.projects.map((project) => project.name),
    plan,
    warnings: [...(status?.messages.map((message) => message.text) ?? []), ...imported.warnings],
  };
}

function pushFailure(status: JobStatus, source: Instance, target: Instance): string | undefined {
  if (status.state === 'succeeded' || status.state === 'partial')
    return `${source.name} says it pushed the package, but ${target.name} does not hold it`;
  return status.undelivered === true ? `${source.name} could not push the package to ${target.name}` : undefined;
}

async function relay(
  input: MigrateInput,
  ports: MigratePorts,
  info: InstanceInfo,
  step: string,
  signal: AbortSignal,
): Promise<MigrateReport> {
  const { source, staging, reporter } = ports;
  const waiting = { ...input, wait: true };
  const { prepared, job, status } = await runExport(
    { source, request: input.request, secrets: ports.secrets, destination: undefined, step, waiting },
    ports,
    signal,
  );
  const verdict = status === undefined ? 'done' : judge(job.handle, status);
  const normal = await leftMaintenance(source, info, reporter, signal);
  reporter.report({ type: 'phase', name: 'download', subject: `from ${source.name}` });
  const artifact = await fetchExport(source, job, prepared, signal);
  const origin = { source, info, prepared, options: input.request.options };
  try {
    await sealArtifact(artifact, origin, staging.output, ports, signal);
    const imported = await importStep(input, { kind: 'sealed', sealed: await staging.reopen() }, ports, signal);
    return {
      ...merged('relay', imported, input, [job.handle]),
      outcome: worst(verdict, normal ? 'done' : 'partial', imported.outcome),
      projects: prepared.projects.map((project) => project.name),
      warnings: [...(status?.messages.map((message) => message.text) ?? []), ...imported.warnings],
    };
  } finally {
    await staging.remove();
  }
}

function importStep(
  input: MigrateInput,
  source: ImportSource,
  ports: MigratePorts,
  signal: AbortSignal,
): Promise<ImportReport> {
  const { target, secrets } = ports;
  const { dryRun, overwrites, ignoreVersion } = input;
  return importPackage(
    { ...input, dryRun, overwrites, ignoreVersion, onConflict: 'fail', options: { ...input.importOptions } },
    { ...ports, target, source, secrets },
    signal,
  );
}

function merged(route: Route, imported: ImportReport, input: MigrateInput, jobs: readonly string[]): MigrateReport {
  return {
    outcome: imported.outcome,
    route,
    rerouted: undefined,
    projects: input.request.projects,
    jobs: [...jobs, imported.handle],
    package: imported.package,
    plan: imported.plan,
    dryRun: input.dryRun,
    warnings: imported.warnings,
    log: imported.log,
  };
}

async function move(
  input: MigrateInput,
  ports: MigratePorts,
  targetInfo: InstanceInfo,
  signal: AbortSignal,
): Promise<MigrateReport> {
  const { source, target, reporter, clock, run } = ports;
  const moves = facet(source, 'moves');
  const handles: string[] = [];
  const warnings: string[] = [];
  let outcome: Outcome = 'done';
  // A move cannot be rehearsed by the server: its dry run is the plan.
  for (const project of input.dryRun ? [] : input.request.projects) {
    const request: MoveRequest = {
      project,
      destination: input.destination,
      options: { ...input.request.options, ...input.importOptions },
    };
    reporter.report({ type: 'phase', name: 'move', subject: `${project} to ${target.name}` });
    const job = await startOnce(
      {
        step: `move:${project}`,
        instance: source,
        start: (inner) => moves.start(request, target.adapter, ports.secrets, inner),
        find: (since, inner) => moves.find(request, since, inner),
      },
      run,
      clock,
      signal,
    );
    announce(job, 'move', ports);
    handles.push(job.handle);
    if (!input.wait) {
      outcome = 'started';
      continue;
    }
    const status = await watch(source.adapter.jobs, job.id, job.handle, { ...input, clock, reporter }, signal);
    outcome = worst(outcome, judge(job.handle, status));
    warnings.push(...status.messages.map((message) => message.text));
  }
  const normal = await leftMaintenance(target, targetInfo, reporter, signal);
  return {
    outcome: worst(outcome, normal ? 'done' : 'partial'),
    route: 'move',
    rerouted: undefined,
    projects: input.request.projects,
    jobs: handles,
    package: undefined,
    plan: [],
    dryRun: input.dryRun,
    warnings,
    log: [],
  };
}
