import type { Keeper } from '../../../core/instance.ts';
import { probe } from '../../../core/steps/preflight.ts';
import { requireStore } from '../../../core/steps/store-package.ts';
import { MigratorError } from '../../../errors.ts';
import type { Verified } from '../../../core/steps/counterpart.ts';
import { migrateProject } from '../../../core/operations/migrate-project/index.ts';
import type { Via } from '../../../core/steps/settle-way.ts';
import type { MigrateReport } from '../../../core/operations/migrate-project/route.ts';
import { tally } from '../../../core/snapshots/tally.ts';
import { journaled } from '../../../core/steps/journaled.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { consenting } from '../../flags/caution.ts';
import { ofDryRun } from '../../flags/contradictions.ts';
import { productFlags } from '../../flags/product-values.ts';
import { waitingOf } from '../../flags/waiting.ts';
import { backupOutput } from '../../packages/backup.ts';
import { openStaging } from '../../packages/staging.ts';
import { ownSecrets } from '../../keys/own-secrets.ts';
import { systemRandom, tellingClock } from '../../runtime.ts';
import { calledBack, readCallbacks } from '../../servers/callbacks.ts';
import { instancesOf, requireInstance } from '../../servers/instances.ts';
import { secretDigest } from '../../state/secret-digest.ts';
import { lines } from '../../terminal/table.ts';
import { describeChanges, describeItems, type Naming } from '../changes.ts';
import { describeComparison, describeLeft, describeLogOf, describeResumed, describeVia, headline } from '../summary.ts';
import type { MigrateProjectOptions } from './flags.ts';

export async function runMigrateProject(
  { args: projects, options: given, command }: Invocation<MigrateProjectOptions>,
  context: Context,
) {
  const rehearsed = given.dryRun === true ? ofDryRun('dryRun', given, context) : given;
  const from = requireInstance(rehearsed.from, '--from');
  const instances = await instancesOf(context);
  const flags = await productFlags(command, 'migrate-project', instances.config(from).product, context);
  const asked = await instances.request(from, { verb: 'migrate-project', projects, ...flags });
  const options = asked.preview === true ? ofDryRun('preview', rehearsed, context) : rehearsed;
  const waiting = waitingOf(options, context);
  const to = requireInstance(options.to ?? (asked.sameInstance === true ? from : undefined), '--to');
  const source = await instances.source(from);
  const target = await instances.target(to);
  const store = await storeOf(options, context);
  const route = store === undefined ? options.route : 'relay';
  const input = {
    ...waiting,
    untilApproval: asked.untilApproval === true,
    request: { projects, packageId: undefined, packageVersion: undefined, options: asked.exportOptions },
    importOptions: asked.importOptions,
    route,
    dryRun: options.dryRun === true || asked.preview === true,
    preview: asked.preview === true,
    overwrites: asked.overwrites === true,
    skips: asked.skips === true,
    verify: options.verify === true,
    log: options.log === true,
    ignoreVersion: options.ignoreVersion === true,
  };
  const what = {
    projects,
    options: flags.options,
    secrets: await secretDigest(flags.secrets, context.io),
    route,
    ...(store === undefined ? {} : { store: store.name }),
    dryRun: input.dryRun,
  };
  const callbacks = readCallbacks(input.dryRun ? {} : flags.byMigrator, waiting);
  const reporter = await context.reporter();
  const journaling = await context.journaling(options.fresh === true);
  const report = await calledBack(callbacks, context, () =>
    journaled(
      { verb: 'migrate-project', on: [source, target], what, about: { projects, from, to, dryRun: input.dryRun } },
      journaling,
      async (run) =>
        migrateProject(
          input,
          {
            source,
            target,
            secrets: flags.secrets,
            own: (names) => ownSecrets(names, run, context),
            backup: backupOutput(to, options.backup, run, context),
            ...consenting(options, context, asked.allowance),
            // A dry run brings nothing to the store.
            staging: await openStaging(run, context, input.dryRun ? undefined : store),
            clock: tellingClock(reporter),
            random: systemRandom,
            reporter,
            run,
          },
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

/** The store of `--via-store`, which is asked before a server starts to work. */
async function storeOf(
  { viaStore, route }: Pick<MigrateProjectOptions, 'viaStore' | 'route'>,
  context: Context,
): Promise<Keeper | undefined> {
  if (viaStore === undefined) return undefined;
  if (route === 'move' || route === 'push') {
    throw new MigratorError('USAGE', `--via-store is for the route relay, and not for ${route}`, {
      hint: `leave out --route, or --via-store`,
    });
  }
  const store = await (await instancesOf(context)).keeper(viaStore, 'write');
  requireStore(store, 'name a store with --via-store: an instance of the product folder or s3');
  await probe(store, await context.reporter(), context.signal);
  await store.adapter.feed?.check?.(context.signal);
  return store;
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
      `${done} ${what} from ${from} to ${to}, ${routes[route]}${outcome === 'partial' ? ', with warnings' : ''}`,
      what,
      to,
      result,
    ),
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
    log.length > 0 || dryRun ? describeLogOf(log, preview ? undefined : jobs.at(-1), preview) : undefined,
    dryRun ? (preview ? 'nothing was imported' : 'nothing was changed') : undefined,
  );
}
