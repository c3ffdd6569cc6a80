import type { InstanceInfo } from '../../../ports/adapter.ts';
import { facet } from '../../instance.ts';
import { worst } from '../../operation.ts';
import { discardJob } from '../../steps/clean-up.ts';
import { fetchExport, runExport } from '../../steps/export.ts';
import { leftMaintenance } from '../../steps/preflight.ts';
import { sealArtifact } from '../../steps/seal-artifact.ts';
import { judge, warningsOf } from '../../steps/verdict.ts';
import { importHalf, reportOfHalves } from './import-half.ts';
import type { MigrateInput, MigratePorts, MigrateReport } from './route.ts';

/** By way of this machine: export, fetch, seal to a staging file, verify, upload, import. */
export async function relay(
  input: MigrateInput,
  ports: MigratePorts,
  info: InstanceInfo,
  signal: AbortSignal,
): Promise<MigrateReport> {
  const { source, staging, reporter } = ports;
  const waiting = { ...input, wait: true };
  const { prepared, job, status } = await runExport(
    { source, request: input.request, secrets: ports.secrets, destination: undefined, step: 'relay', waiting },
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
    const imported = await importHalf(input, { kind: 'sealed', sealed: await staging.reopen() }, ports, signal);
    if (input.dryRun) await discardJob(job, facet(source, 'exports'), { source, reporter }, signal);
    const names = prepared.projects.map((project) => project.name);
    return {
      ...reportOfHalves('relay', imported, input, [job.handle]),
      outcome: worst(verdict, normal ? 'done' : 'partial', imported.outcome),
      projects: names.length > 0 ? names : [prepared.package.id],
      warnings: [...warningsOf(status), ...imported.warnings],
    };
  } finally {
    await staging.remove();
  }
}
