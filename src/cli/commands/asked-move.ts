import type { Command } from 'commander';
import type { Keeper, Placed } from '../../core/instance.ts';
import type { MigratePorts, Route } from '../../core/operations/migrate-project/route.ts';
import type { Consenting } from '../../core/steps/consent.ts';
import type { RunIdentity } from '../../core/steps/journaled.ts';
import { probe } from '../../core/steps/preflight.ts';
import { requireStore } from '../../core/steps/store-package.ts';
import { MigratorError } from '../../errors.ts';
import type { Run } from '../../ports/journal.ts';
import type { Reporter } from '../../ports/reporter.ts';
import type { Context } from '../context.ts';
import type { CautionOptions } from '../flags/caution.ts';
import { ofDryRun } from '../flags/contradictions.ts';
import { type ProductFlags, productFlags } from '../flags/product-values.ts';
import { type TellingOptions, type WaitOptions, waitingOf } from '../flags/waiting.ts';
import { ownSecrets } from '../keys/own-secrets.ts';
import { backupOutput } from '../packages/backup.ts';
import { openStaging } from '../packages/staging.ts';
import { systemRandom, tellingClock } from '../runtime.ts';
import { readCallbacks } from '../servers/callbacks.ts';
import { instancesOf, requireInstance } from '../servers/instances.ts';
import { secretDigest } from '../state/secret-digest.ts';

export interface MoveOptions extends WaitOptions, CautionOptions, TellingOptions {
  readonly from?: string;
  readonly to?: string;
  readonly route: Route | 'auto';
  readonly viaStore?: string;
  readonly dryRun?: boolean;
  readonly verify?: boolean;
  readonly ignoreVersion?: boolean;
}

export type AskedMove = Awaited<ReturnType<typeof askedMove>>;

/** What a command line, or an item of a plan, asks of `migrate-project`. Opens no instance. */
export async function askedMove(
  {
    projects,
    options: asGiven,
    command,
    given,
    readBy,
  }: {
    readonly projects: readonly string[];
    readonly options: MoveOptions;
    readonly command: Command;
    /** The flags of the product, when they have been read before. */
    readonly given?: ProductFlags;
    /** The instance whose product reads the flags. Default: the source. */
    readonly readBy?: string;
  },
  context: Context,
) {
  const rehearsed = asGiven.dryRun === true ? ofDryRun('dryRun', asGiven, context) : asGiven;
  const from = requireInstance(rehearsed.from, '--from');
  const instances = await instancesOf(context);
  const reader = readBy ?? from;
  const { product } = instances.config(reader);
  const flags = given ?? (await productFlags(command, 'migrate-project', product, context));
  const asked = await instances.request(reader, { verb: 'migrate-project', projects, ...flags });
  const options = asked.preview === true ? ofDryRun('preview', rehearsed, context) : rehearsed;
  const waiting = waitingOf(options, context);
  const store = storeNamed(options);
  const route = store === undefined ? options.route : 'relay';
  const to = requireInstance(options.to ?? (asked.sameInstance === true ? from : undefined), '--to');
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
    ...(store === undefined ? {} : { store }),
    dryRun: input.dryRun,
  };
  const callbacks = readCallbacks(input.dryRun ? {} : flags.byMigrator, waiting);
  return { from, to, store, input, what, asked, secrets: flags.secrets, backup: options.backup, callbacks };
}

/** The store of `--via-store`. USAGE with a route that takes no package through it. */
function storeNamed({ viaStore, route }: MoveOptions): string | undefined {
  if (viaStore === undefined || (route !== 'move' && route !== 'push')) return viaStore;
  throw new MigratorError('USAGE', `--via-store is for the route relay, and not for ${route}`, {
    hint: `leave out --route, or --via-store`,
  });
}

/** Opens the store of a move, which is asked before a server starts to work. A dry run brings nothing to it. */
export async function storeOf({ store: name, input }: AskedMove, context: Context): Promise<Keeper | undefined> {
  if (name === undefined) return undefined;
  const store = await (await instancesOf(context)).keeper(name, 'write');
  requireStore(store, 'name a store with --via-store: an instance of the product folder or s3');
  await probe(store, await context.reporter(), context.signal);
  await store.adapter.feed?.check?.(context.signal);
  return input.dryRun ? undefined : store;
}

/** The run of a move in the journal, on its opened ends. */
export function identityOf({ from, to, input, what }: AskedMove, source: Placed, target: Placed): RunIdentity {
  const { projects } = input.request;
  return {
    verb: 'migrate-project',
    on: [source, target],
    what,
    about: { projects, from, to, dryRun: input.dryRun },
  };
}

/** What the operation needs beside its input. */
export async function portsOf(
  { to, secrets, backup }: AskedMove,
  {
    source,
    target,
    store,
    run,
    reporter,
    ...consent
  }: Consenting & {
    readonly source: Placed;
    readonly target: Placed;
    readonly store: Keeper | undefined;
    readonly run: Run;
    readonly reporter: Reporter;
  },
  context: Context,
): Promise<MigratePorts> {
  return {
    source,
    target,
    secrets,
    own: (names) => ownSecrets(names, run, context),
    backup: backupOutput(to, backup, run, context),
    ...consent,
    staging: await openStaging(run, context, store),
    clock: tellingClock(reporter),
    random: systemRandom,
    reporter,
    run,
  };
}
