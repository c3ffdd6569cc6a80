import type { InstanceInfo } from '../../ports/adapter.ts';
import type { Backup } from '../../ports/importer.ts';
import type { Secrets } from '../../ports/options.ts';
import type { Instance } from '../instance.ts';
import type { OperationPorts } from '../operation.ts';
import { fetchExport, runExport } from './export.ts';
import { type PackageOutput, sealArtifact } from './seal-artifact.ts';
import { judge } from './verdict.ts';

/**
 * Called only when a backup is needed, because sealing needs keys and most imports need no backup. `replaces` is the
 * backup file of an earlier attempt of this run, which may be overwritten.
 */
export type BackupOutput = (replaces: string | undefined) => Promise<PackageOutput>;

/**
 * Exports what an import is about to change to a sealed package on this machine. Returns the file name, which is
 * journaled for `job undo`. If an earlier attempt of this run took a backup, the target may have changed after that. As
 * nothing is destroyed yet, the backup is taken again.
 */
export async function takeBackup(
  target: Instance,
  info: InstanceInfo,
  { request, restoreWith }: Backup,
  output: BackupOutput,
  secrets: Secrets,
  ports: OperationPorts,
  signal: AbortSignal,
): Promise<string> {
  const { run, reporter } = ports;
  const earlier = run.record.facts['backup.file'];
  const replaces = typeof earlier === 'string' ? earlier : undefined;
  if (replaces !== undefined) {
    reporter.report({
      type: 'notice',
      message: `${target.name} may have changed since the backup ${replaces}; a new backup is taken`,
    });
  }
  // If the file exists, the run must stop before the server starts to work.
  const place = await output(replaces);
  await run.note({ 'backup.prepared': null, 'backup.intendedAt': null, 'backup.job': null });
  const waiting = { wait: true, timeout: undefined, pollInterval: undefined };
  const { prepared, job, status } = await runExport(
    { source: target, request, secrets, destination: undefined, step: 'backup', waiting },
    ports,
    signal,
  );
  if (status !== undefined) judge(job.handle, status);
  const artifact = await fetchExport(target, job, prepared, signal);
  await sealArtifact(artifact, { source: target, info, prepared, options: request.options }, place, ports, signal);
  const file = place.name(artifact.package);
  await run.note({ 'backup.file': file, 'backup.restoreWith': restoreWith });
  reporter.report({ type: 'notice', message: `a backup of ${target.name} is in ${file}` });
  return file;
}
