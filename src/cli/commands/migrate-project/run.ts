import type { Verified } from '../../../core/steps/counterpart.ts';
import { migrateProject } from '../../../core/operations/migrate-project/index.ts';
import type { Via } from '../../../core/steps/settle-way.ts';
import type { MigrateReport } from '../../../core/operations/migrate-project/route.ts';
import { tally } from '../../../core/snapshots/tally.ts';
import { journaled } from '../../../core/steps/journaled.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { consenting } from '../../flags/caution.ts';
import { calledBack } from '../../servers/callbacks.ts';
import { instancesOf } from '../../servers/instances.ts';
import { lines } from '../../terminal/table.ts';
import { askedMove, identityOf, portsOf, storeOf } from '../asked-move.ts';
import { describeChanges, describeItems, type Naming } from '../changes.ts';
import {
  describeComparison,
  describeLeft,
  describeLogOf,
  describePartial,
  describeResumed,
  describeVia,
  headline,
} from '../summary.ts';
import type { MigrateProjectOptions } from './flags.ts';

export async function runMigrateProject(
  { args: projects, options, command }: Invocation<MigrateProjectOptions>,
  context: Context,
) {
  const move = await askedMove({ projects, options, command }, context);
  const { from, to, input } = move;
  const instances = await instancesOf(context);
  const source = await instances.source(from);
  const target = await instances.target(to);
  const store = await storeOf(move, context);
  const reporter = await context.reporter();
  const journaling = await context.journaling(options.fresh === true);
  const consent = consenting(options, context, move.asked.allowance);
  const report = await calledBack(move.callbacks, context, () =>
    journaled(
      identityOf(move, source, target),
      journaling,
      async (run) =>
        migrateProject(
          input,
          await portsOf(move, { source, target, store, run, reporter, ...consent }, context),
          context.signal,
        ),
      context.signal,
    ),
  );
  context.result(
    'migrate-project',
    { from, to, ...report, counts: tally(report.plan, report.result) },
    lines(
      render(from, to, report, input.preview, { all: options.names, columns: context.columns }),
      describeResumed(report.resumed),
    ),
  );
  return { outcome: report.outcome, told: { from, to, ...report } };
}

const routes = { move: 'by the servers', push: 'pushed by the source server', relay: 'through this machine' };

function render(
  from: string,
  to: string,
  {
    outcome,
    route,
    rerouted,
    projects,
    jobs,
    logOf,
    plan,
    dryRun,
    warnings,
    log,
    items,
    left,
    result,
    verified,
    backup,
    waitingFor,
    via,
  }: MigrateReport & { readonly verified: Verified | undefined; readonly via: Via | undefined },
  preview: boolean,
  naming: Naming,
): string {
  const what = projects.map((name) => `"${name}"`).join(', ');
  const done = outcome === 'started' ? 'started to move' : dryRun ? 'finished the dry run of the move of' : 'moved';
  return lines(
    describeChanges(plan, result, { ...naming, job: dryRun || projects.length > 1 ? undefined : jobs.at(-1) }),
    result === undefined ? describeItems(items, naming.columns) : undefined,
    ...warnings.map((warning) => `warning: ${warning}`),
    headline(
      `${done} ${what} from ${from} to ${to}, ${routes[route]}${outcome === 'partial' ? (warnings.length > 0 ? ', with warnings' : ', in part') : ''}`,
      what,
      to,
      result,
    ),
    describePartial(outcome, { result, verified, warnings }),
    describeVia(via),
    rerouted === undefined ? undefined : `rerouted: ${rerouted}`,
    // One handle on each line, because a handle may contain commas.
    ...jobs.map((job) => `job: ${job}`),
    backup === undefined ? undefined : `backup of ${to} from before the import: ${backup}`,
    waitingFor === undefined
      ? undefined
      : `the job waits for ${waitingFor}; approve it with: migrator job approve ${jobs.at(-1) ?? ''}`,
    outcome === 'started' && jobs.length > 0 ? `wait for it with: migrator job wait ${jobs.at(-1) ?? ''}` : undefined,
    ...(verified === undefined ? [] : describeComparison(verified, from, to, naming.columns)),
    ...describeLeft(left),
    // What a server finds in a preview is in no log of it.
    log.length > 0 || dryRun ? describeLogOf(log, logOf, preview) : undefined,
    dryRun ? (preview ? 'nothing was imported' : 'nothing was changed') : undefined,
  );
}
