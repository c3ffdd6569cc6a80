import type { InstanceInfo, MoveRequest } from '../../ports/adapter.ts';
import { announce } from '../export-run.ts';
import { facet } from '../instance.ts';
import { type Outcome, worst } from '../operation.ts';
import { leftMaintenance } from '../preflight.ts';
import { startOnce } from '../start-once.ts';
import { judge } from '../verdict.ts';
import { watch } from '../watch.ts';
import type { MigrateInput, MigratePorts, MigrateReport } from './route.ts';

/** One server-side step for each project. */
export async function move(
  input: MigrateInput,
  ports: MigratePorts,
  targetInfo: InstanceInfo,
  signal: AbortSignal,
): Promise<MigrateReport> {
  const { source, target, reporter, clock, run } = ports;
  const moves = facet(source, 'moves');
  const handles: string[] = [];
  const warnings: string[] = [];
  let outcome: Outcome = 'done';
  // A move cannot be rehearsed by the server: its dry run is the plan.
  for (const project of input.dryRun ? [] : input.request.projects) {
    const request: MoveRequest = {
      project,
      destination: input.destination,
      options: { ...input.request.options, ...input.importOptions },
    };
    reporter.report({ type: 'phase', name: 'move', subject: `${project} to ${target.name}` });
    const job = await startOnce(
      {
        step: `move:${project}`,
        instance: source,
        start: (inner) => moves.start(request, target.adapter, ports.secrets, inner),
        find: (since, inner) => moves.find(request, since, inner),
      },
      run,
      clock,
      signal,
    );
    announce(job, 'move', ports);
    handles.push(job.handle);
    if (!input.wait) {
      outcome = 'started';
      continue;
    }
    const status = await watch(source.adapter.jobs, job.id, job.handle, { ...input, clock, reporter }, signal);
    outcome = worst(outcome, judge(job.handle, status));
    warnings.push(...status.messages.map((message) => message.text));
  }
  const normal = await leftMaintenance(target, targetInfo, reporter, signal);
  return {
    outcome: worst(outcome, normal ? 'done' : 'partial'),
    route: 'move',
    rerouted: undefined,
    projects: input.request.projects,
    jobs: handles,
    package: undefined,
    plan: [],
    dryRun: input.dryRun,
    warnings,
    log: [],
  };
}
