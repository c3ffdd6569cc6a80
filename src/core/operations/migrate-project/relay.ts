import { isMigratorError } from '../../../errors.ts';
import type { InstanceInfo } from '../../../ports/adapter.ts';
import type { PreparedExport } from '../../../ports/exporter.ts';
import { facet } from '../../instance.ts';
import { handleOf } from '../../job-handle.ts';
import { worst } from '../../operation.ts';
import { cleaningUp, discardExport, exportLeft, type Left, leftBy, tellingLeft } from '../../steps/clean-up.ts';
import { isBegun, type StartedJob } from '../../steps/exactly-once.ts';
import { type ExportResult, fetchExport, runExport } from '../../steps/export.ts';
import { inspecting } from '../../steps/inspect-export.ts';
import { leftMaintenance } from '../../steps/preflight.ts';
import type { Verified } from '../../steps/counterpart.ts';
import { type ExportSecrets, secretsOfExport } from '../../steps/run-secrets.ts';
import { sealArtifact } from '../../steps/seal-artifact.ts';
import { judge, warningsOf } from '../../steps/verdict.ts';
import type { ImportReport } from '../import-package.ts';
import { importHalf, reportOfHalves } from './import-half.ts';
import type { MigrateInput, MigratePorts, MigrateReport } from './route.ts';

/** Moves the package through this machine: export, download, seal to a staging file, verify, upload, import. */
export async function relay(
  input: MigrateInput,
  ports: MigratePorts,
  info: InstanceInfo,
  signal: AbortSignal,
): Promise<MigrateReport> {
  const { source, target, reporter } = ports;
  const waiting = { ...input, wait: true };
  const { takes, dryRuns } = facet(target, 'imports');
  const uploads = takes === 'stored' && !(input.dryRun && dryRuns === 'plan');
  const secrets = await secretsOfExport(source, ports.secrets, ports.own);
  const work = {
    source,
    request: input.request,
    secrets,
    destination: undefined,
    receiver: uploads ? target : undefined,
    sealed: true,
    step: 'relay',
    waiting,
    planned: input.planned,
    // What the target refuses by the names of projects is said before the source starts to work.
    accepted: isBegun(ports.run.record.facts, 'import')
      ? undefined
      : acceptedBy(input, { ...ports, secrets: secrets.all }, signal),
  };
  const { prepared, job, status } = (await finishedExport(ports, signal)) ?? (await runExport(work, ports, signal));
  const names = prepared.projects.map((project) => project.name);
  const discard = () => discardExport(job, { ...ports, source }, signal);
  const rest = () => exportLeft(source, { ...prepared, job: job.id }, false, signal);
  const stored = () => ports.staging.left?.() ?? [];
  let kept: readonly Left[] = [];
  const { verdict, stuck, imported } = await cleaningUp(
    async () => {
      const verdict = status === undefined ? 'done' : judge(job.handle, status);
      const stuck = await leftMaintenance(source, info, reporter, signal);
      const imported = await tellingLeft(
        () => importOf({ job, prepared, info, names, secrets }, input, ports, signal),
        async () => [...(input.dryRun ? leftBy(source, prepared.leaves) : await rest()), ...stored()],
      );
      return { verdict, stuck, imported };
    },
    // After a failed relay, the same command uses a fresh export again.
    input.dryRun ? async () => void (kept = await discard()) : undefined,
  );
  const verified = await tellingLeft(
    async () => input.verifies?.(imported),
    async () => [...(await rest()), ...stored()],
  );
  // While something is missing on the target, the export is the only copy that a person can look into.
  const asks = facet(source, 'exports').leftBy !== undefined;
  const arrived = hasArrived(imported, verified) && (imported.outcome !== 'started' || !asks);
  if (!input.dryRun) kept = await (arrived ? discard() : rest());
  return {
    ...reportOfHalves('relay', imported, input, [job.handle]),
    outcome: worst(verdict, stuck.length === 0 ? 'done' : 'partial', imported.outcome),
    verified,
    left: [
      // What `discard` takes away is named by the adapter.
      ...(arrived && !asks ? leftBy(source, prepared.leaves) : kept),
      ...imported.left,
      ...stored(),
    ],
    projects: names.length > 0 ? names : [prepared.package.id],
    warnings: [...new Set([...stuck, ...warningsOf(status, prepared), ...imported.warnings])],
  };
}

/** Whether nothing is known to be missing on the target. */
function hasArrived({ result }: ImportReport, verified: Verified | undefined): boolean {
  const missing = result === undefined ? 0 : result.counts.failed + result.counts['not-seen'];
  return missing === 0 && (verified?.differences ?? []).length === 0;
}

/** Asks an importer of files, which gets the projects only after the export, whether it would take them. */
export function acceptedBy(input: MigrateInput, { target, secrets }: MigratePorts, signal: AbortSignal) {
  const imports = facet(target, 'imports');
  if (imports.takes !== 'files' || imports.check === undefined) return undefined;
  return async (projects: readonly string[]) => {
    const source = { id: '', version: '' };
    const { dryRun, importOptions: options, ignoreVersion } = input;
    await imports.check?.(signal, { source, projects, dryRun, options, secrets, ignoreVersion });
  };
}

/** The export of an earlier process, when that one also started the import. The source may have forgotten it since. */
async function finishedExport({ source, run }: MigratePorts, signal: AbortSignal): Promise<ExportResult | undefined> {
  const { facts } = run.record;
  const id = facts['relay.job'];
  if (typeof id !== 'string' || typeof facts['import.job'] !== 'string') return undefined;
  const handle = handleOf(source, id);
  const status = await source.adapter.jobs.status(id, signal).catch((error: unknown) => {
    if (isMigratorError(error, 'NOT_FOUND')) return undefined;
    throw error;
  });
  // It is plain data by contract, so the journal returns it unchanged.
  const prepared = facts['relay.prepared'] as unknown as PreparedExport;
  return { prepared, job: { id, handle, attached: true }, status };
}

interface Exported {
  readonly job: StartedJob;
  readonly prepared: PreparedExport;
  readonly info: InstanceInfo;
  readonly names: readonly string[];
  readonly secrets: ExportSecrets;
}

/** Brings the export to the target and imports it. When the import was started by an earlier process, only that. */
async function importOf(
  { job, prepared, info, names, secrets }: Exported,
  input: MigrateInput,
  ports: MigratePorts,
  signal: AbortSignal,
): Promise<ImportReport> {
  const { source, staging, reporter, run } = ports;
  const { options } = input.request;
  if (typeof run.record.facts['import.job'] === 'string') {
    const ref = run.record.facts['upload.ref'] ?? prepared.package;
    await staging.remove();
    return importHalf(input, { kind: 'stored', ref, exportedWith: options, projects: names }, ports, signal);
  }
  reporter.report({ type: 'phase', name: 'download', subject: `from ${source.name}` });
  const fetched = await fetchExport(source, job, prepared, signal);
  const exporter = facet(source, 'exports');
  const { output } = staging;
  const exported = { exporter, artifact: fetched, prepared, secrets: secrets.all, spool: output.spool };
  try {
    const remarks = await inspecting(exported, ports, signal, async (inspected) => {
      const { carried } = secrets;
      const origin = { source, info, prepared: inspected.prepared, options, carried, via: input.via };
      const { artifact, remarks } = inspected;
      // So that the import does not tell it again in other words.
      const notes = [...artifact.notes, ...(prepared.omits ?? []), ...remarks];
      await sealArtifact({ ...artifact, notes }, origin, output, ports, signal);
      return remarks;
    });
    const exportedBy = { job: job.id, url: info.url, settled: prepared.settled };
    const sealed = await staging.reopen();
    const imported = await importHalf({ ...input, exportedBy }, { kind: 'sealed', sealed }, ports, signal);
    return { ...imported, warnings: [...remarks, ...imported.warnings] };
  } finally {
    await staging.remove();
  }
}
