import { isMigratorError, MigratorError } from '../../errors.ts';
import type { InstanceInfo, OnConflict, Options, Secrets } from '../../ports/adapter.ts';
import type { ArtifactFile, PackageRef } from '../../ports/artifact.ts';
import type { LogLine } from '../../ports/job.ts';
import type { Reporter } from '../../ports/reporter.ts';
import { deliver, soleFile, type Delivery } from '../deliver.ts';
import { readLog, runImport } from '../import-run.ts';
import { facet, type Instance } from '../instance.ts';
import { type OperationPorts, type Outcome, type Waiting, worst } from '../operation.ts';
import { planImport, type PlanItem } from '../plan.ts';
import { leftMaintenance, probe, requireCompatible } from '../preflight.ts';
import { projectsOf, trustPackage, type SealedSource, type TrustedPackage } from '../sealed-source.ts';
import { isBegun } from '../start-once.ts';
import { judge } from '../verdict.ts';

export type ImportSource =
  | { readonly kind: 'sealed'; readonly sealed: SealedSource }
  /** A server's own file, without seal; only with --allow-unsigned. */
  | { readonly kind: 'raw'; readonly name: string; readonly file: ArtifactFile; readonly ref: PackageRef }
  | { readonly kind: 'stored'; readonly ref: PackageRef; readonly exportedWith?: Options };

export interface ImportInput extends Waiting {
  readonly dryRun: boolean;
  readonly onConflict: OnConflict;
  /** The products' overwrite option, which the plan needs to know. */
  readonly overwrites: boolean;
  readonly ignoreVersion: boolean;
  readonly options: Options;
}

export interface ImportPorts extends OperationPorts {
  readonly target: Instance;
  readonly source: ImportSource;
  readonly secrets: Secrets;
}

export interface ImportReport {
  readonly outcome: Outcome;
  readonly handle: string;
  readonly dryRun: boolean;
  readonly package: PackageRef;
  readonly signer: string | undefined;
  readonly upload: Delivery['outcome'] | undefined;
  /** By name, from the inventories; empty when the package does not tell what it holds. */
  readonly plan: readonly PlanItem[];
  readonly warnings: readonly string[];
  /** The server's log of a dry run. */
  readonly log: readonly LogLine[];
}

/** Verifies, uploads, imports and checks; a dry run leaves the target as it was. */
export async function importPackage(
  input: ImportInput,
  ports: ImportPorts,
  signal: AbortSignal,
): Promise<ImportReport> {
  const { target, source, reporter } = ports;
  const imports = facet(target, 'imports');
  if (input.dryRun && !imports.dryRuns) {
    throw new MigratorError('UNSUPPORTED', `${target.adapter.product} servers cannot rehearse an import`);
  }
  // Trust comes before the first call to anywhere.
  const trusted = source.kind === 'sealed' ? await trustPackage(source.sealed, reporter, signal) : undefined;
  const info = await probe(target, reporter, signal);
  if (trusted) checkOrigin(trusted, target, info, input.ignoreVersion, ports);
  const ref = source.kind === 'sealed' ? refOf(trusted) : source.ref;
  const plan = await planByName(trusted, target, input.overwrites, signal);
  announcePlan(plan, target, ports);
  const files = trusted?.files ?? (source.kind === 'raw' ? [source.file] : []);
  const uploaded =
    imports.takes === 'stored' && source.kind !== 'stored' ? await upload(files, ref, input, ports, signal) : undefined;
  const exportedWith = source.kind === 'stored' ? source.exportedWith : trusted?.exportedWith;
  const request = { source: ref, dryRun: input.dryRun, options: input.options, exportedWith };
  const { job, status } = await runImport(
    {
      target,
      request,
      secrets: ports.secrets,
      files: imports.takes === 'files' ? files : [],
      step: 'import',
      waiting: input,
    },
    ports,
    signal,
  );
  const base = {
    handle: job.handle,
    dryRun: input.dryRun,
    package: ref,
    signer: trusted?.verified.signer?.keyId,
    upload: uploaded,
    plan,
  };
  if (status === undefined) return { ...base, outcome: 'started', warnings: [], log: [] };
  const log = input.dryRun ? await readLog(target, job.id, signal) : [];
  if (input.dryRun && uploaded === 'created') await takeBack(ref, target, reporter, signal);
  const normal = await leftMaintenance(target, info, reporter, signal);
  const outcome = worst(judge(job.handle, status), normal ? 'done' : 'partial');
  return { ...base, outcome, warnings: status.messages.map((message) => message.text), log };
}

function refOf(trusted: TrustedPackage | undefined): PackageRef {
  return { id: trusted?.manifest.id ?? '', version: trusted?.manifest.version ?? '' };
}

function checkOrigin(
  { manifest }: TrustedPackage,
  target: Instance,
  info: InstanceInfo,
  ignore: boolean,
  { reporter }: OperationPorts,
): void {
  if (manifest.source === undefined) return;
  if (manifest.source.product !== target.adapter.product) {
    throw new MigratorError(
      'UNSUPPORTED',
      `the package is from ${manifest.source.product}, but ${target.name} is ${target.adapter.product}`,
    );
  }
  requireCompatible(manifest.source.version, target, info, { ignore, reporter });
}

async function planByName(
  trusted: TrustedPackage | undefined,
  target: Instance,
  overwrites: boolean,
  signal: AbortSignal,
) {
  const names = projectsOf(trusted?.manifest.scope);
  if (names.length === 0) return [];
  const existing = [];
  for await (const item of target.adapter.inventory.list('project', signal)) existing.push(item);
  return planImport(
    names.map((name) => ({ kind: 'project', name })),
    existing,
    overwrites,
  );
}

function announcePlan(plan: readonly PlanItem[], target: Instance, { reporter }: OperationPorts): void {
  for (const { kind, name, action } of plan) {
    reporter.report({ type: 'notice', message: `${kind} "${name}" on ${target.name}: ${action}` });
  }
}

async function upload(
  files: readonly ArtifactFile[],
  ref: PackageRef,
  input: ImportInput,
  ports: ImportPorts,
  signal: AbortSignal,
): Promise<Delivery['outcome']> {
  const { target, source, run, reporter } = ports;
  const earlier = outcomes.find((outcome) => outcome === run.record.facts['upload.outcome']);
  // The package has served its purpose, and the server may have deleted it since.
  if (earlier !== undefined && isBegun(run.record.facts, 'import')) return earlier;
  const intended = run.record.facts['upload.foundBefore'];
  const foundBefore =
    typeof intended === 'boolean' ? intended : (await facet(target, 'feed').stat(ref, signal)) !== undefined;
  // An earlier process of this run may have uploaded it and died: then it is ours, and lies there byte for byte.
  const unfinished = typeof intended === 'boolean' && earlier === undefined;
  const anew = intended === undefined || (unfinished && input.onConflict === 'overwrite');
  await run.note({ 'upload.foundBefore': foundBefore });
  const name = source.kind === 'stored' ? ref.id : source.kind === 'raw' ? source.name : source.sealed.name;
  const onConflict = anew ? input.onConflict : 'keep';
  const delivery = await deliver(target, soleFile(files, name), ref, onConflict, reporter, signal);
  // What this run put there is this run's to take away again, whichever of its processes did it.
  const outcome = delivery.outcome === 'kept' ? (earlier ?? (foundBefore ? 'kept' : 'created')) : delivery.outcome;
  await run.note({ 'upload.outcome': outcome });
  return outcome;
}

const outcomes: readonly Delivery['outcome'][] = ['created', 'overwritten', 'kept'];

/** A dry run that had to put the package on the target removes it again. */
export async function takeBack(
  ref: PackageRef,
  target: Instance,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<void> {
  reporter.report({ type: 'phase', name: 'clean-up', subject: `${ref.id} ${ref.version} on ${target.name}` });
  try {
    await facet(target, 'feed').delete(ref, signal);
  } catch (error) {
    if (!isMigratorError(error) || error.code === 'CANCELLED') throw error;
    reporter.report({
      type: 'warning',
      message: `the package uploaded for the dry run is still on ${target.name}: ${error.message}`,
      hint: `remove it with: migrator package delete ${ref.id}@${ref.version} --from ${target.name}`,
    });
  }
}
