import { MigratorError } from '../../../errors.ts';
import type { InstanceInfo } from '../../../ports/adapter.ts';
import type { JobStatus } from '../../../ports/job.ts';
import { facet, type Instance } from '../../instance.ts';
import { worst } from '../../operation.ts';
import { cleaningUp, packageLeft, removePackage, tellingLeft } from '../../steps/clean-up.ts';
import { isBegun } from '../../steps/exactly-once.ts';
import { runExport } from '../../steps/export.ts';
import { leftMaintenance } from '../../steps/preflight.ts';
import { secretsOfExport } from '../../steps/run-secrets.ts';
import { judge, warningsOf } from '../../steps/verdict.ts';
import { importHalf, reportOfHalves } from './import-half.ts';
import type { MigrateInput, MigratePorts, MigrateReport, Undelivered } from './route.ts';

/** The source server pushes the package to the target's feed, and the target imports it from there. */
export async function push(
  input: MigrateInput,
  ports: MigratePorts,
  info: InstanceInfo,
  signal: AbortSignal,
): Promise<MigrateReport | Undelivered> {
  const { source, target, reporter, run } = ports;
  const destination = await facet(target, 'feed').destination?.(signal);
  const waiting = { ...input, wait: true };
  const secrets = await secretsOfExport(source, ports.secrets, ports.own);
  const { prepared, job, status } = await runExport(
    {
      source,
      request: input.request,
      secrets,
      destination,
      receiver: target,
      sealed: false,
      step: 'push',
      waiting,
      planned: input.planned,
    },
    ports,
    signal,
  );
  const delivered = status?.state === 'succeeded' || status?.state === 'partial';
  // If the import has begun, it may have deleted the package from the feed.
  const begun = isBegun(run.record.facts, 'import');
  const seen = delivered && !begun ? await facet(target, 'feed').stat(prepared.package, signal) : undefined;
  const arrived = begun || seen !== undefined;
  const failure = arrived || status === undefined ? undefined : pushFailure(status, source, target);
  if (failure !== undefined && input.route === 'auto') return { undelivered: failure };
  const verdict = await tellingLeft(
    () => Promise.resolve(status === undefined ? 'done' : judge(job.handle, status)),
    () => (seen === undefined ? Promise.resolve([]) : packageLeft(prepared.package, target, true, signal)),
  );
  if (failure !== undefined) throw new MigratorError('JOB_FAILED', failure, { hint: 'use --route relay' });
  const stuck = await leftMaintenance(source, info, reporter, signal);
  const ref = prepared.package;
  const projects = prepared.projects.map(({ name }) => name);
  const stored = { kind: 'stored', ref, exportedWith: input.request.options, projects, pushed: true, seen } as const;
  const imported = await cleaningUp(
    () => importHalf(input, stored, ports, signal),
    input.dryRun ? () => removePackage(ref, target, reporter, signal) : undefined,
  );
  return {
    ...reportOfHalves('push', imported, input, [job.handle]),
    outcome: worst(verdict, stuck.length === 0 ? 'done' : 'partial', imported.outcome),
    projects,
    warnings: [...new Set([...stuck, ...warningsOf(status, prepared), ...imported.warnings])],
  };
}

function pushFailure(status: JobStatus, source: Instance, target: Instance): string | undefined {
  if (status.state === 'succeeded' || status.state === 'partial')
    return `${source.name} says that it pushed the package, but ${target.name} does not have it`;
  return status.undelivered === true ? `${source.name} could not push the package to ${target.name}` : undefined;
}
