import type { SealedPackage } from '../../package/index.ts';
import type { InstanceInfo } from '../../ports/adapter.ts';
import type { Artifact, PackageRef, StoredPackage } from '../../ports/artifact.ts';
import type { ByteSink } from '../../ports/bytes.ts';
import type { ExportRequest, PreparedExport } from '../../ports/exporter.ts';
import type { JobStatus } from '../../ports/job.ts';
import type { Run } from '../../ports/journal.ts';
import type { Secrets } from '../../ports/options.ts';
import { facet, type Instance } from '../instance.ts';
import { formatHandle, handleIn, handleOf, stepsWith } from '../job-handle.ts';
import { type OperationPorts, type Outcome, type Waiting, worst, requireProjectNames } from '../operation.ts';
import { contentRecord } from '../steps/content-record.ts';
import { fetchExport, requireExport, runExport } from '../steps/export.ts';
import { settleExportSecrets } from '../steps/export-secrets.ts';
import { arrived, fetchFromFeed, pushDestination } from '../steps/pushed-export.ts';
import type { ExportSecrets, OwnSecrets } from '../steps/run-secrets.ts';
import { leftMaintenance, probe, probeBoth, requireSameProduct } from '../steps/preflight.ts';
import { type PackageOutput, sealArtifact } from '../steps/seal-artifact.ts';
import { soleFile } from '../steps/upload.ts';
import { announce, judge, warningsOf } from '../steps/verdict.ts';
import { discardExport, exportLeft, type Left, tellingLeft } from '../steps/clean-up.ts';
import type { Consenting } from '../steps/consent.ts';
import { inspecting } from '../steps/inspect-export.ts';
import { onWay, settleWay, type Journey, type Via } from '../steps/settle-way.ts';
import { downloadTo } from '../steps/download.ts';
import { watch } from '../steps/watch.ts';

export interface PartialExportInput extends Waiting {
  readonly request: ExportRequest;
  /** The id of a job that another run or machine started. Then project names and options are not needed. */
  readonly resume: string | undefined;
}

export interface PartialExportPorts extends OperationPorts, Partial<Consenting> {
  readonly source: Instance;
  /** The instance to whose feed the source server pushes the package. */
  readonly target: Instance | undefined;
  readonly output: PackageOutput | undefined;
  /** Where to write the server's own file, instead of a package. */
  readonly raw?: (() => Promise<ByteSink>) | undefined;
  readonly secrets: Secrets;
  readonly own: OwnSecrets;
  /**
   * The secrets that this machine made for the export of a job that it started. Undefined for a job that it did not start.
   */
  readonly madeFor: (id: string) => Promise<Secrets | undefined>;
}

export interface PartialExportReport {
  readonly outcome: Outcome;
  readonly handle: string;
  readonly package: PackageRef | undefined;
  readonly projects: readonly string[];
  /** The server's own warnings. */
  readonly warnings: readonly string[];
  readonly sealed: SealedPackage | undefined;
  /** The package in the target's feed. */
  readonly stored: (StoredPackage & { readonly instance: string }) | undefined;
  /** What this run put on the source and did not take away, or what its job will put there. */
  readonly left: readonly Left[];
  /** Undefined for products with one way. */
  readonly via: Via | undefined;
}

/** Exports projects to a sealed package, to the target's feed, or to both. */
export async function partialExport(
  input: PartialExportInput,
  ports: PartialExportPorts,
  signal: AbortSignal,
): Promise<PartialExportReport> {
  const { target, reporter } = ports;
  if (target !== undefined) requireSameProduct(ports.source, target);
  const exporter = facet(ports.source, 'exports');
  if (input.resume !== undefined) exporter.requireSame?.(input.resume, input.request.options);
  else requireProjectNames(input.request.projects, ports.source, 'give --project <name>, once for each');
  const secrets = await settleExportSecrets(input, ports);
  const [info, targetInfo] =
    target === undefined
      ? [await probe(ports.source, reporter, signal), undefined]
      : await probeBoth(ports.source, target, reporter, signal);
  const via = await settleWay(journeyOf(input, ports, info, targetInfo), ports, signal);
  const onIt = { ...ports, source: onWay(ports.source, via?.name) };
  return { ...(await exportOnWay(input, onIt, { info, targetInfo, via, secrets }, signal)), via };
}

type OnWay = Omit<PartialExportReport, 'via'>;

interface Known {
  readonly info: InstanceInfo;
  readonly targetInfo: InstanceInfo | undefined;
  readonly via: Via | undefined;
  readonly secrets: ExportSecrets;
}

function journeyOf(
  { request, resume }: PartialExportInput,
  { source, target, secrets }: PartialExportPorts,
  info: InstanceInfo,
  targetInfo: InstanceInfo | undefined,
): Journey {
  const named = resume === undefined ? undefined : source.adapter.ways?.ofJob(resume);
  const { packageId, packageVersion, options } = request;
  return {
    verb: 'partial-export',
    ends: [
      {
        instance: source,
        as: 'source',
        info,
        options: {
          ...options,
          ...(packageId === undefined ? {} : { packageId }),
          ...(packageVersion === undefined ? {} : { packageVersion }),
        },
      },
      // A package that the target could never import is not pushed there.
      ...(target === undefined || targetInfo === undefined
        ? []
        : [{ instance: target, as: 'target' as const, info: targetInfo, options: {} }]),
    ],
    secrets,
    pushes: target !== undefined,
    given: named === undefined ? undefined : { via: named, reason: `the job ${resume ?? ''} is of it` },
    ignoreVersion: true,
  };
}

async function exportOnWay(
  input: PartialExportInput,
  ports: PartialExportPorts,
  { info, targetInfo, via, secrets }: Known,
  signal: AbortSignal,
): Promise<OnWay> {
  const { source, target, reporter } = ports;
  const obstacle = targetInfo && target?.adapter.versionObstacle(info.version, targetInfo);
  if (obstacle !== undefined)
    reporter.report({ type: 'warning', message: `${obstacle}, so an import there will be refused` });
  const { prepared, omits, handle, id, status } = await exportJob(input, secrets, ports, signal);
  const base = {
    // The package may be fetched with it on another machine.
    handle: formatHandle({ product: source.adapter.product, instance: source.name, id }),
    package: prepared?.package,
    projects: prepared?.projects.map((project) => project.name) ?? [],
  };
  const leaves = () =>
    prepared === undefined || target !== undefined
      ? []
      : exportLeft(source, { ...prepared, ...(status === undefined ? {} : { job: id }) }, true, signal);
  if (status === undefined)
    return {
      ...base,
      outcome: 'started',
      warnings: warningsOf(undefined, { omits }),
      sealed: undefined,
      stored: undefined,
      // The job makes it, and nobody takes it away.
      left: await leaves(),
    };
  const verdict = judge(handle, status);
  const stuck = await leftMaintenance(source, info, reporter, signal);
  const warnings = [...stuck, ...warningsOf(status, { omits })];
  const outcome = worst(verdict, stuck.length === 0 ? 'done' : 'partial');
  const left = [...(await leaves())];
  const stored = target && prepared && (await arrived(target, prepared.package, signal));
  if (ports.output === undefined && ports.raw === undefined)
    return { ...base, outcome, warnings, sealed: undefined, stored, left };
  return tellingLeft(
    () =>
      fetched(
        input,
        ports,
        { info, via, secrets, base: { ...base, outcome, warnings, stored }, prepared, id, left },
        signal,
      ),
    () => Promise.resolve(left),
  );
}

interface Finished extends Pick<Known, 'info' | 'via' | 'secrets'> {
  readonly base: Omit<OnWay, 'sealed' | 'left'>;
  readonly prepared: PreparedExport | undefined;
  /** The id of the job. */
  readonly id: string;
  /** What the export left, as far as it is known. A job of another run tells more when its files are fetched. */
  readonly left: Left[];
}

/** Brings the files of a finished export to this machine. */
async function fetched(
  input: PartialExportInput,
  ports: PartialExportPorts,
  { info, via, secrets, base, prepared, id, left }: Finished,
  signal: AbortSignal,
): Promise<OnWay> {
  const { source, target, reporter } = ports;
  const { handle, warnings } = base;
  reporter.report({ type: 'phase', name: 'download', subject: `from ${(target ?? source).name}` });
  const artifact: Artifact = await (target && prepared
    ? fetchFromFeed(target, prepared.package, signal)
    : fetchExport(source, { id, handle }, prepared, signal));
  if (prepared === undefined && target === undefined)
    left.push(
      ...(await exportLeft(source, { package: artifact.package, leaves: artifact.leaves, job: id }, true, signal)),
    );
  if (ports.raw !== undefined) {
    const file = soleFile(artifact.files, 'the export');
    // A process that resumes this run needs this to recognise the file.
    await downloadTo(ports.raw, file, ports, signal, (sha256) => ports.run.note({ 'plain.sha256': sha256 }));
    return { ...base, package: artifact.package, sealed: undefined, left };
  }
  if (ports.output === undefined) return { ...base, sealed: undefined, left };
  // A process that resumes this run needs this to recognise the package file.
  await ports.run.note({ 'sealing.package': { ...artifact.package } });
  const record = await contentRecord(source, prepared, input.request, reporter, signal);
  const { output } = ports;
  const exporter = facet(source, 'exports');
  const exported = { exporter, artifact, prepared, secrets: secrets.all, spool: output.spool };
  return inspecting(exported, ports, signal, async (inspected) => {
    const all = [...new Set([...warnings, ...inspected.remarks])];
    const { files, notes } = inspected.artifact;
    const sealed = await sealArtifact(
      { ...artifact, files: [...files, ...record], notes: [...notes, ...all] },
      { source, info, prepared: inspected.prepared, options: input.request.options, carried: secrets.carried, via },
      output,
      ports,
      signal,
    );
    const projects = inspected.prepared?.projects.map(({ name }) => name) ?? base.projects;
    const stays = left.length === 0 ? left : await offerClean(ports, { id, handle }, left, signal);
    return { ...base, projects, package: artifact.package, warnings: all, sealed, left: stays };
  });
}

/** Now that the package is whole, what the adapter names as left is removed, if somebody agrees. */
async function offerClean(
  { source, reporter, consent, requireAnswerable }: PartialExportPorts,
  job: { readonly id: string; readonly handle: string },
  left: readonly Left[],
  signal: AbortSignal,
): Promise<readonly Left[]> {
  if (consent === undefined || facet(source, 'exports').leftBy === undefined) return left;
  const ports = { source, reporter, consent, ...(requireAnswerable && { requireAnswerable }) };
  return discardExport(job, ports, signal);
}

async function exportJob(
  input: PartialExportInput,
  secrets: ExportSecrets,
  ports: PartialExportPorts,
  signal: AbortSignal,
) {
  const { source, target, clock, reporter } = ports;
  if (input.resume !== undefined) {
    const id = input.resume;
    const handle = handleOf(source, id);
    reporter.report({ type: 'phase', name: 'wait', subject: handle });
    const accepts = (status: JobStatus) => requireExport(status, handle);
    const status = await watch(source.adapter.jobs, id, handle, { ...input, clock, reporter, accepts }, signal);
    const omits = await omitted(id, source, ports.run);
    announce({ notes: [], omits }, reporter);
    return { prepared: undefined as PreparedExport | undefined, omits, handle, id, status };
  }
  const destination = target && (await pushDestination(source, target, signal));
  const sealed = ports.output !== undefined;
  const { request } = input;
  const work = { source, request, secrets, destination, receiver: target, sealed, step: 'export', waiting: input };
  const { prepared, job, status } = await runExport(work, ports, signal);
  return { prepared, omits: prepared.omits ?? [], handle: job.handle, id: job.id, status };
}

/** What the run that started the job knew that the export leaves out. Nothing for a job of another machine. */
async function omitted(id: string, source: Instance, run: Run): Promise<readonly string[]> {
  const started = (await run.earlier()).filter((record) => handleIn(record, id, source) !== undefined);
  const prepared = started.flatMap((record) =>
    // It is plain data by contract, so the journal returns it unchanged.
    stepsWith(record, id, source).map(
      (step) => record.facts[`${step}.prepared`] as unknown as PreparedExport | undefined,
    ),
  );
  return prepared[0]?.omits ?? [];
}
