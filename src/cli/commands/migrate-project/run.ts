import { createHmac } from 'node:crypto';
import type { Instance } from '../../../core/instance.ts';
import { migrateProject } from '../../../core/operations/migrate-project/index.ts';
import type { MigrateReport } from '../../../core/operations/migrate-project/route.ts';
import { journaled } from '../../../core/steps/journaled.ts';
import { MigratorError } from '../../../errors.ts';
import type { Run } from '../../../ports/journal.ts';
import type { Secrets } from '../../../ports/options.ts';
import { Secret } from '../../../secret.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { consentOf } from '../../flags/caution.ts';
import { productFlags } from '../../flags/product-values.ts';
import { waitingOf } from '../../flags/waiting.ts';
import { keyRing } from '../../keys/key-ring.ts';
import { backupOutput } from '../../packages/backup.ts';
import { openStaging } from '../../packages/staging.ts';
import { systemClock, systemRandom } from '../../runtime.ts';
import { calledBack, readCallbacks } from '../../servers/callbacks.ts';
import { instancesOf, requireInstance } from '../../servers/instances.ts';
import { lines } from '../../terminal/table.ts';
import { describeItems, describePlan, describeRehearsal } from '../summary.ts';
import type { MigrateProjectOptions } from './flags.ts';

export async function runMigrateProject(
  { args: projects, options, command }: Invocation<MigrateProjectOptions>,
  context: Context,
) {
  const from = requireInstance(options.from, '--from');
  const waiting = waitingOf(options, context);
  const instances = await instancesOf(context);
  const flags = await productFlags(command, 'migrate-project', instances.config(from).product, context);
  if (projects.length > 1 && flags.oneProject.length > 0) {
    throw new MigratorError(
      'USAGE',
      `${flags.oneProject.join(', ')} is for one project, and ${projects.length} are named`,
      {
        hint: 'run the command once for each project',
      },
    );
  }
  // Where one server holds both ends, the place that the project goes to is enough.
  const to = requireInstance(options.to ?? (flags.options['destPath'] === undefined ? undefined : from), '--to');
  const source = await instances.source(from);
  const target = await instances.target(to);
  const input = {
    ...waiting,
    untilApproval: flags.untilApproval,
    request: { projects, packageId: undefined, packageVersion: undefined, options: flags.exportOptions },
    importOptions: flags.importOptions,
    route: options.route,
    dryRun: options.dryRun === true,
    overwrites: flags.overwrites,
    ignoreVersion: options.ignoreVersion === true,
  };
  const identity = { from, to, projects, options: flags.options, route: options.route, dryRun: input.dryRun };
  const callbacks = readCallbacks(flags.byMigrator, waiting);
  const reporter = await context.reporter();
  const journaling = await context.journaling(options.fresh === true);
  const report = await calledBack(callbacks, context, () =>
    journaled('migrate-project', identity, journaling, async (run) =>
      migrateProject(
        input,
        {
          source,
          target,
          secrets: await withOwnSecrets(flags.secrets, source, target, run, context),
          backup: backupOutput(to, options.backup, context),
          consent: consentOf(options, context),
          staging: await openStaging(run, context),
          clock: systemClock,
          random: systemRandom,
          reporter,
          run,
        },
        context.signal,
      ),
    ),
  );
  context.result('migrate-project', { from, to, ...report }, render(from, to, report));
  return { outcome: report.outcome };
}

/**
 * A secret that both servers need and that nobody chose is derived from the user's identity and the run: the same
 * again when this machine takes the run up, unknown to everybody else, and never stored.
 */
async function withOwnSecrets(
  given: Secrets,
  source: Instance,
  target: Instance,
  run: Run,
  context: Context,
): Promise<Secrets> {
  const needed = [
    ...(source.adapter.exports?.requiredSecrets ?? []),
    ...(target.adapter.imports?.requiredSecrets ?? []),
  ];
  const missing = needed.filter((name) => given[name] === undefined);
  if (missing.length === 0) return given;
  const ring = await keyRing(context);
  await ring.ownRecipients();
  const [identity] = await ring.identities([]);
  const secrets: Record<string, Secret> = { ...given };
  for (const name of missing) {
    const value = createHmac('sha256', identity?.secret().reveal() ?? '')
      .update(`migrator ${name} of run ${run.record.id}`)
      .digest('base64url');
    secrets[name] = new Secret(value);
    context.redactor.add(secrets[name]);
  }
  return secrets;
}

const routes = {
  move: 'by the servers themselves',
  push: 'pushed by the source server',
  relay: 'by way of this machine',
};

function render(
  from: string,
  to: string,
  { outcome, route, rerouted, projects, jobs, plan, dryRun, warnings, log, items, backup, waitingFor }: MigrateReport,
): string {
  const what = projects.map((name) => `"${name}"`).join(', ');
  const done = outcome === 'started' ? 'started to move' : dryRun ? 'rehearsed the move of' : 'moved';
  return lines(
    dryRun ? describeRehearsal(log) : undefined,
    dryRun ? describePlan(plan) : undefined,
    `${done} ${what} from ${from} to ${to}, ${routes[route]}${outcome === 'partial' ? ', with warnings' : ''}`,
    rerouted === undefined ? undefined : `rerouted: ${rerouted}`,
    describeItems(items),
    // One to a line: a handle may hold commas.
    ...jobs.map((job) => `job: ${job}`),
    backup === undefined ? undefined : `${to} as it was: ${backup}`,
    waitingFor === undefined ? undefined : `it waits for ${waitingFor}: migrator job approve ${jobs.at(-1) ?? ''}`,
    outcome === 'started' && jobs.length > 0 ? `stay with it: migrator job wait ${jobs.at(-1) ?? ''}` : undefined,
    dryRun ? 'nothing was changed' : undefined,
    ...warnings.map((warning) => `warning: ${warning}`),
  );
}
