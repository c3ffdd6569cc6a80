import type { ImportRequest, PreparedImport, Secrets } from '../ports/adapter.ts';
import type { ArtifactFile } from '../ports/artifact.ts';
import type { JobStatus, LogLine } from '../ports/job.ts';
import type { Json } from '../ports/journal.ts';
import { announce, requireSecrets } from './export-run.ts';
import { facet, type Instance } from './instance.ts';
import type { OperationPorts, Waiting } from './operation.ts';
import { isBegun, startOnce, type StartedJob } from './start-once.ts';
import { watch } from './watch.ts';

export interface ImportRun {
  readonly target: Instance;
  readonly request: ImportRequest;
  readonly secrets: Secrets;
  /** Given to servers that import from files; empty for those that import from their feed. */
  readonly files: readonly ArtifactFile[];
  readonly step: string;
  readonly waiting: Waiting;
}

export interface ImportResult {
  readonly prepared: PreparedImport;
  readonly job: StartedJob;
  readonly status: JobStatus | undefined;
}

/** Prepares an import, starts it exactly once and stays with it; judging the final state is the caller's. */
export async function runImport(work: ImportRun, ports: OperationPorts, signal: AbortSignal): Promise<ImportResult> {
  const { target, request, secrets, files, step } = work;
  const { reporter, run, clock } = ports;
  const imports = facet(target, 'imports');
  requireSecrets(target, imports.requiredSecrets, secrets);
  const prepared = await prepareOnce(work, ports, signal);
  for (const message of prepared.notes) reporter.report({ type: 'notice', message });
  const subject = `${request.source.id} ${request.source.version} into ${target.name}`;
  reporter.report({ type: 'phase', name: request.dryRun ? 'dry-run' : 'import', subject });
  const job = await startOnce(
    {
      step,
      instance: target,
      start: (inner) => imports.start(prepared, secrets, files, inner),
      find: (since, inner) => imports.find(prepared, since, inner),
    },
    run,
    clock,
    signal,
  );
  announce(job, request.dryRun ? 'dry-run' : 'import', ports);
  if (!work.waiting.wait) return { prepared, job, status: undefined };
  const status = await watch(target.adapter.jobs, job.id, job.handle, { ...work.waiting, clock, reporter }, signal);
  return { prepared, job, status };
}

/** A server may delete the package once it is imported: what was begun is not prepared again. */
async function prepareOnce({ target, request, step }: ImportRun, { run }: OperationPorts, signal: AbortSignal) {
  const earlier = run.record.facts[`${step}.prepared`];
  // What prepare returned is plain data by contract, so it comes back from the journal as it went in.
  if (earlier !== undefined && isBegun(run.record.facts, step)) return earlier as unknown as PreparedImport;
  const prepared = await facet(target, 'imports').prepare(request, signal);
  await run.note({ [`${step}.prepared`]: prepared as unknown as Json });
  return prepared;
}

const longestPlan = 20_000;

/** The log of a dry run, which is the server's own plan. */
export async function readLog(instance: Instance, id: string, signal: AbortSignal): Promise<readonly LogLine[]> {
  const lines: LogLine[] = [];
  for await (const line of instance.adapter.jobs.log(id, signal)) {
    if (lines.push(line) >= longestPlan) break;
  }
  return lines;
}
