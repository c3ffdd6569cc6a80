import type { InstanceInfo } from '../../ports/adapter.ts';
import type { ArtifactFile, PackageRef, StoredPackage } from '../../ports/artifact.ts';
import type { OnConflict } from '../../ports/feed.ts';
import type { JobItem, JobStatus, LogLine } from '../../ports/job.ts';
import type { Options, Secrets } from '../../ports/options.ts';
import type { ExportOrigin, ImportRequest, Restoring } from '../../ports/importer.ts';
import type { PlanItem } from '../../ports/plan.ts';
import { facet, type Instance } from '../instance.ts';
import { type OperationPorts, type Outcome, type Waiting, worst } from '../operation.ts';
import type { BackupPlace } from '../steps/backup.ts';
import {
  broughtBy,
  cleaningUp,
  importLeft,
  type Left,
  packageLeft,
  removePackage,
  tellingLeft,
} from '../steps/clean-up.ts';
import { canAnswer, type Consenting, questionBefore } from '../steps/consent.ts';
import type { Counterpart, Opening } from '../steps/counterpart.ts';
import { checkOrigin, importJourney, recordIn, requireImportable } from '../steps/packaged-import.ts';
import { fact, isBegun } from '../steps/exactly-once.ts';
import { readLog, runImport } from '../steps/import.ts';
import { announcePlan, beyondPlan, planByName, plansByName, withoutPlan } from '../steps/plan.ts';
import { leftMaintenance, probe } from '../steps/preflight.ts';
import { type OwnSecrets, secretsOfImport } from '../steps/run-secrets.ts';
import { onWay, settleWay, type Via } from '../steps/settle-way.ts';
import { projectsOf } from '../package-scope.ts';
import { trustPackage, type SealedSource, type TrustedPackage } from '../steps/trust-package.ts';
import type { Result } from '../snapshots/result.ts';
import { bringOnce, type Delivery } from '../steps/upload.ts';
import { judge, warningsOf } from '../steps/verdict.ts';

export type ImportSource =
  | { readonly kind: 'sealed'; readonly sealed: SealedSource }
  /** A server's own export file, which is not sealed. Only with --allow-unsigned. */
  | { readonly kind: 'raw'; readonly name: string; readonly file: ArtifactFile; readonly ref: PackageRef }
  | {
      readonly kind: 'stored';
      readonly ref: PackageRef;
      /** What is known of the export that made it, when this run made it. */
      readonly exportedWith?: Options;
      readonly projects?: readonly string[];
      /** True when this run brought it to the feed. */
      readonly pushed?: boolean;
      /** What the feed has just shown of it. */
      readonly seen?: StoredPackage | undefined;
    };

export interface ImportInput extends Waiting {
  readonly dryRun: boolean;
  /** Brings the files to the server, lets it tell what it finds in them, and imports nothing. The user is asked first. */
  readonly preview?: boolean | undefined;
  /** The job that made the files, when the caller has just run it. */
  readonly exportedBy?: ExportOrigin | undefined;
  readonly onConflict: OnConflict;
  /** Whether the product's overwrite option is given. The plan needs it. */
  readonly overwrites: boolean;
  readonly ignoreVersion: boolean;
  /** Reads the server's log with the result. A dry run without a plan is told by its log in any case. */
  readonly log?: boolean | undefined;
  readonly options: Options;
  /** The plan by the names of the projects, when the caller has made and announced it. */
  readonly plan?: readonly PlanItem[] | undefined;
  /** What the target said, when the caller has asked it. */
  readonly info?: InstanceInfo | undefined;
  /** Whether skipping what the target has is wanted. */
  readonly skips?: boolean | undefined;
  /** What the target is compared with, when the caller knows the source. */
  readonly counterpart?: Counterpart | undefined;
  /** Set for the import of a backup. It needs no backup and no question: the user has already agreed. */
  readonly restores?: Restoring | undefined;
}

export interface ImportPorts extends OperationPorts, Consenting {
  readonly target: Instance;
  readonly source: ImportSource;
  readonly secrets: Secrets;
  /** Makes the secrets that neither the user gives nor the package carries. Without it they must be given. */
  readonly own?: OwnSecrets;
  /** Where a backup of the target is written if the import needs one. Undefined when the user wants no backup. */
  readonly backup: BackupPlace | undefined;
  /** Opens the source of a move, by its name. */
  readonly open?: Opening;
}

export interface ImportReport {
  readonly outcome: Outcome;
  /** Undefined for a dry run that needed no job. */
  readonly handle: string | undefined;
  readonly dryRun: boolean;
  readonly package: PackageRef;
  readonly signer: string | undefined;
  /** The name that the user gave to the key. */
  readonly signerName: string | undefined;
  readonly trustedBy: string | undefined;
  readonly upload: Delivery['outcome'] | undefined;
  /** By name, from the inventories. Empty when the content of the package is not known. */
  readonly plan: readonly PlanItem[];
  readonly warnings: readonly string[];
  /** What the server did with each object, if the server reports it. */
  readonly items: readonly JobItem[];
  /** What became of the target. Undefined for a dry run, and when the job has not ended. */
  readonly result: Result | undefined;
  /** The backup file of the target, if one was taken. */
  readonly backup: string | undefined;
  /** What this run put on the server and did not take away. */
  readonly left: readonly Left[];
  /** The server's log where it is asked for or tells alone what would be done, or what it finds in the files of a preview. */
  readonly log: readonly LogLine[];
  /** Undefined for products with one way, and when the caller has settled it. */
  readonly via: Via | undefined;
}

/** Verifies, uploads, imports and checks. A dry run does not change the target. */
export async function importPackage(
  input: ImportInput,
  ports: ImportPorts,
  signal: AbortSignal,
): Promise<ImportReport> {
  const { target, source, reporter } = ports;
  // The package is verified before the first call to a server.
  const trusted = source.kind === 'sealed' ? await trustPackage(source.sealed, reporter, signal) : undefined;
  if (trusted) requireImportable(trusted, target, nameOf(source));
  // Missing secrets are reported before anything is sent to the target.
  const secrets = await secretsOfImport(target, ports, { name: nameOf(source), carried: trusted?.carried });
  const info = input.info ?? (await probe(target, reporter, signal));
  const via = await settleWay(importJourney(input, ports, trusted, info), ports, signal);
  const onIt = { ...ports, secrets, target: onWay(target, via?.name) };
  if (trusted) checkOrigin(trusted, onIt.target, info, input.ignoreVersion, ports);
  return { ...(await importOnWay(input, onIt, { trusted, info }, signal)), via };
}

async function importOnWay(
  input: ImportInput,
  ports: ImportPorts,
  { trusted, info }: { readonly trusted: TrustedPackage | undefined; readonly info: InstanceInfo },
  signal: AbortSignal,
): Promise<Omit<ImportReport, 'via'>> {
  const { target, source, reporter } = ports;
  const imports = facet(target, 'imports');
  const named = source.kind === 'sealed' ? refOf(trusted) : source.ref;
  // The plan is shown before the first write. An adapter that plans by itself needs no plan by name.
  const names = source.kind === 'stored' ? (source.projects ?? []) : projectsOf(trusted?.manifest.scope);
  await noteContent(names, trusted, ports.run);
  const planned = input.plan ?? (plansByName(imports) ? await planByName(names, target, input, signal) : []);
  if (input.plan === undefined && !input.dryRun) announcePlan(planned, target.name, reporter);
  const files = trusted?.files ?? (source.kind === 'raw' ? [source.file] : undefined);
  const uploads = imports.takes === 'stored' && files !== undefined && !(input.dryRun && imports.dryRuns === 'plan');
  const exportedWith = exportedWithOf(source, trusted);
  if (uploads && !isBegun(ports.run.record.facts, 'import')) {
    const early = { source: named, projects: names, dryRun: true, options: input.options, exportedWith, files };
    await imports.check?.(signal, early);
    await refuseUnanswerable(early, input, ports, signal);
  }
  const uploaded = uploads
    ? await bringOnce(files, { name: nameOf(source), ref: named, onConflict: input.onConflict }, ports, signal)
    : undefined;
  const ref = uploaded?.ref ?? named;
  const seen = source.kind === 'stored' ? source.seen : uploaded?.stored;
  const { dryRun, options, ignoreVersion, exportedBy, restores } = input;
  const known = { exportedWith, files, notes: trusted?.notes, seen, exportedBy, restores, secrets: ports.secrets };
  const request = { source: ref, projects: names, dryRun, options, ignoreVersion, ...known };
  const work = {
    target,
    info,
    request,
    secrets: ports.secrets,
    preview: input.preview === true,
    backup: ports.backup,
    restores: input.restores !== undefined,
    overwrites: input.overwrites,
    plan: planned,
    skips: input.skips,
    counterpart: input.counterpart ?? (await recordIn(trusted, names, signal)),
    open: ports.open,
    step: 'import',
    waiting: input,
  };
  const brought = uploaded?.outcome === 'created';
  const mayBeLeft = !input.dryRun && (brought || (source.kind === 'stored' && source.pushed === true));
  const look = async (stays: boolean): Promise<readonly Left[]> =>
    mayBeLeft ? packageLeft(ref, target, stays, signal) : [];
  const ran = await cleaningUp(
    () =>
      tellingLeft(
        async () => {
          const done = await runImport(work, ports, signal);
          const { job, status, result, preview = [] } = done;
          if (job === undefined || !isOver(status)) return { ...done, outcome: undefined, stuck: [], log: preview };
          const tells = input.log === true || (input.dryRun && (done.prepared.plan ?? planned).length === 0);
          const log = tells ? await readLog(target, job.id, signal) : [];
          const stuck = await leftMaintenance(target, info, reporter, signal);
          const outcome = worst(judge(job.handle, status, result), stuck.length === 0 ? 'done' : 'partial');
          return { ...done, outcome, stuck, log };
        },
        async () => [...(await look(false)), ...(await broughtBy(target, ports.run.record, signal))],
      ),
    input.dryRun && brought ? () => removePackage(ref, target, reporter, signal) : undefined,
  );
  const { prepared, job, status, backup, result, log } = ran;
  const base = {
    handle: job?.handle,
    dryRun: input.dryRun,
    package: ref,
    signer: trusted?.verified.signer?.keyId,
    signerName: trusted?.verified.signer?.name,
    trustedBy: trusted?.verified.signer?.trustedBy,
    upload: uploaded?.outcome,
    plan: prepared.plan ?? planned,
    backup,
    result,
    left: [],
    items: status?.items ?? [],
  };
  if (job === undefined) {
    const left = input.preview === true ? await importLeft(target, prepared, signal) : [];
    const known = input.preview === true || planned.length > 0 ? planned : prepared.plan;
    const warnings = [...withoutPlan(known, target.name), ...warningsOf(undefined, prepared)];
    return { ...base, left, outcome: 'done', warnings, log };
  }
  if (!isOver(status)) {
    // The server that deletes the package after the import still has it now.
    const stays = prepared.keepsPackage === true && !job.attached ? await look(true) : [];
    return { ...base, left: stays, outcome: 'started', warnings: warningsOf(undefined, prepared), log };
  }
  const left = [
    ...(await look(prepared.keepsPackage === true && !job.attached)),
    ...(await importLeft(target, prepared, signal)),
  ];
  const beyond = input.dryRun && log.length === 0 ? beyondPlan(prepared, job.handle, target.name) : [];
  return {
    ...base,
    left,
    outcome: ran.outcome ?? 'done',
    warnings: [...ran.stuck, ...beyond, ...warningsOf(status, prepared)],
    log,
  };
}

/** For those who look at the run later: what the package holds, and who signed it. */
async function noteContent(
  names: readonly string[],
  trusted: TrustedPackage | undefined,
  run: ImportPorts['run'],
): Promise<void> {
  const signer = trusted?.verified.signer?.keyId;
  const facts = {
    ...(names.length > 0 && run.record.about?.projects.length === 0 ? fact('import', 'projects', names) : {}),
    ...(signer === undefined ? {} : { 'package.signer': signer }),
  };
  if (Object.keys(facts).length > 0) await run.note(facts);
}

function exportedWithOf(source: ImportSource, trusted: TrustedPackage | undefined): Options | undefined {
  return source.kind === 'stored' ? source.exportedWith : trusted?.exportedWith;
}

/**
 * Where nobody can be asked, an import that needs an answer is refused before its package is uploaded. Importers that plan
 * can do that: the plan of a dry run needs no upload.
 */
async function refuseUnanswerable(
  request: ImportRequest,
  input: ImportInput,
  { target, requireAnswerable, secrets }: ImportPorts,
  signal: AbortSignal,
): Promise<void> {
  const imports = facet(target, 'imports');
  if (imports.plans !== true || input.dryRun || input.restores !== undefined) return;
  if (requireAnswerable === undefined || canAnswer(requireAnswerable)) return;
  const { plan, consent } = await imports.prepare(request, signal, secrets);
  const question = questionBefore({ target: target.name, plan, consent, overwrites: input.overwrites });
  if (question !== undefined) requireAnswerable(question);
}

function isOver(status: JobStatus | undefined): status is JobStatus {
  return status !== undefined && status.state !== 'waiting';
}

function nameOf(source: ImportSource): string {
  return source.kind === 'stored' ? source.ref.id : source.kind === 'raw' ? source.name : source.sealed.name;
}

function refOf(trusted: TrustedPackage | undefined): PackageRef {
  return { id: trusted?.manifest.id ?? '', version: trusted?.manifest.version ?? '' };
}
