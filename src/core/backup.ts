import type { Backup, InstanceInfo, Secrets } from '../ports/adapter.ts';
import { fetchExport, runExport } from './export-run.ts';
import type { Instance } from './instance.ts';
import type { OperationPorts } from './operation.ts';
import { type PackageOutput, sealArtifact } from './seal-artifact.ts';
import { judge } from './verdict.ts';

/** Made when it is needed: sealing needs keys, and most imports need no backup. */
export type BackupOutput = () => Promise<PackageOutput>;

/**
 * Exports what an import is about to change into a sealed package of this machine, once per run; its file's name, which
 * is journaled for `job undo`.
 */
export async function takeBackup(
  target: Instance,
  info: InstanceInfo,
  { request, restoreWith }: Backup,
  output: PackageOutput,
  secrets: Secrets,
  ports: OperationPorts,
  signal: AbortSignal,
): Promise<string> {
  const { run, reporter } = ports;
  const earlier = run.record.facts['backup.file'];
  if (typeof earlier === 'string') return earlier;
  const waiting = { wait: true, timeout: undefined, pollInterval: undefined };
  const { prepared, job, status } = await runExport(
    { source: target, request, secrets, destination: undefined, step: 'backup', waiting },
    ports,
    signal,
  );
  if (status !== undefined) judge(job.handle, status);
  const artifact = await fetchExport(target, job, prepared, signal);
  await sealArtifact(artifact, { source: target, info, prepared, options: request.options }, output, ports, signal);
  const file = output.name(artifact.package);
  await run.note({ 'backup.file': file, 'backup.restoreWith': restoreWith });
  reporter.report({ type: 'notice', message: `${target.name} as it was is kept in ${file}` });
  return file;
}
