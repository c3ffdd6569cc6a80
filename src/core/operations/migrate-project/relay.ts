import { isMigratorError } from '../../../errors.ts';
import type { InstanceInfo } from '../../../ports/adapter.ts';
import type { PreparedExport } from '../../../ports/exporter.ts';
import type { Secrets } from '../../../ports/options.ts';
import { facet } from '../../instance.ts';
import { formatHandle } from '../../job-handle.ts';
import { worst } from '../../operation.ts';
import { cleaningUp, discardJob, exportLeft, leftBy, tellingLeft } from '../../steps/clean-up.ts';
import type { StartedJob } from '../../steps/exactly-once.ts';
import { type ExportResult, fetchExport, runExport } from '../../steps/export.ts';
import { leftMaintenance } from '../../steps/preflight.ts';
import { secretsOfExport } from '../../steps/run-secrets.ts';
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
  };
  const { prepared, job, status } = (await finishedExport(ports, signal)) ?? (await runExport(work, ports, signal));
  const names = prepared.projects.map((project) => project.name);
  const discard = () => discardJob(job, facet(source, 'exports'), { source, reporter }, signal);
  const { verdict, normal, imported } = await cleaningUp(
    async () => {
      const verdict = status === undefined ? 'done' : judge(job.handle, status);
      const normal = await leftMaintenance(source, info, reporter, signal);
      const imported = await tellingLeft(
        () => importOf({ job, prepared, info, names, carried: secrets.carried }, input, ports, signal),
        async () => (input.dryRun ? leftBy(source, prepared.leaves) : exportLeft(source, prepared, false, signal)),
      );
      return { verdict, normal, imported };
    },
    // After a failed relay, the same command uses a fresh export again.
    input.dryRun ? discard : undefined,
  );
  if (!input.dryRun) await discard();
  return {
    ...reportOfHalves('relay', imported, input, [job.handle]),
    outcome: worst(verdict, normal ? 'done' : 'partial', imported.outcome),
    left: [...leftBy(source, prepared.leaves), ...imported.left],
    projects: names.length > 0 ? names : [prepared.package.id],
    warnings: [...warningsOf(status, prepared), ...imported.warnings],
  };
}

/** The export of an earlier process, when that one also started the import. The source may have forgotten it since. */
async function finishedExport({ source, run }: MigratePorts, signal: AbortSignal): Promise<ExportResult | undefined> {
  const { facts } = run.record;
  const id = facts['relay.job'];
  if (typeof id !== 'string' || typeof facts['import.job'] !== 'string') return undefined;
  const handle = formatHandle({ product: source.adapter.product, instance: source.name, id });
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
  readonly carried: Secrets;
}

/** Brings the export to the target and imports it. When the import was started by an earlier process, only that. */
async function importOf(
  { job, prepared, info, names, carried }: Exported,
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
  const artifact = await fetchExport(source, job, prepared, signal);
  try {
    await sealArtifact(artifact, { source, info, prepared, options, carried }, staging.output, ports, signal);
    return await importHalf(input, { kind: 'sealed', sealed: await staging.reopen() }, ports, signal);
  } finally {
    await staging.remove();
  }
}
