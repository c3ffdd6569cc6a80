import { importPackage, type ImportReport } from '../../../core/operations/import-package.ts';
import { formatRef } from '../../../core/package-ref.ts';
import { tally } from '../../../core/snapshots/tally.ts';
import { journaled } from '../../../core/steps/journaled.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { consenting } from '../../flags/caution.ts';
import { ofDryRun } from '../../flags/contradictions.ts';
import { productFlags } from '../../flags/product-values.ts';
import { waitingOf } from '../../flags/waiting.ts';
import { backupOutput } from '../../packages/backup.ts';
import { type NamedSource, parsePackageArgument, sourceFromFile } from '../../packages/package-argument.ts';
import { sourceFromStore, storeFrom } from '../../packages/store-package.ts';
import { systemRandom, tellingClock } from '../../runtime.ts';
import { calledBack, readCallbacks } from '../../servers/callbacks.ts';
import { instancesOf, requireInstance } from '../../servers/instances.ts';
import { secretDigest } from '../../state/secret-digest.ts';
import { lines } from '../../terminal/table.ts';
import { describeChanges, describeItems, type Naming } from '../changes.ts';
import { signerWords, vouchedFacts } from '../readers.ts';
import { describeLeft, describeLogOf, describePartial, describeResumed, describeVia, headline } from '../summary.ts';
import type { ImportOptions } from './flags.ts';

export async function runImport(
  { args: [text = ''], options: given, command }: Invocation<ImportOptions>,
  context: Context,
) {
  const rehearsed = given.dryRun === true ? ofDryRun('dryRun', given, context) : given;
  const to = requireInstance(rehearsed.to, '--to');
  const instances = await instancesOf(context);
  const { product } = instances.config(to);
  const flags = await productFlags(command, 'import', product, context);
  const asked = await instances.request(to, { verb: 'import', projects: [], ...flags });
  const options = asked.preview === true ? ofDryRun('preview', rehearsed, context) : rehearsed;
  const waiting = waitingOf(options, context);
  const target = await instances.target(to);
  const store = await storeFrom(options.from, context);
  const ref = store === undefined ? await parsePackageArgument(text, target, context) : undefined;
  const how = { plain: asked.raw === true };
  const { source, identity }: NamedSource =
    store !== undefined
      ? await sourceFromStore(text, store, options, target, context, how)
      : ref === undefined
        ? await sourceFromFile(text, options, target, context, how)
        : { source: { kind: 'stored', ref }, identity: { ...ref } };
  const secrets = await secretDigest(flags.secrets, context.io);
  const what = { package: identity, dryRun: options.dryRun === true, options: flags.options, secrets };
  const callbacks = readCallbacks(options.dryRun === true ? {} : flags.byMigrator, waiting);
  const reporter = await context.reporter();
  const journaling = await context.journaling(options.fresh === true);
  const input = {
    ...waiting,
    dryRun: options.dryRun === true || asked.preview === true,
    preview: asked.preview === true,
    onConflict: options.onConflict,
    overwrites: asked.overwrites === true,
    skips: asked.skips === true,
    ignoreVersion: options.ignoreVersion === true,
    log: options.log === true,
    options: flags.options,
  };
  const report = await calledBack(callbacks, context, () =>
    journaled(
      { verb: 'import', on: [target], what, about: { projects: [], to, dryRun: input.dryRun, package: text } },
      journaling,
      (run) =>
        importPackage(
          input,
          {
            target,
            source,
            secrets: flags.secrets,
            backup: backupOutput(to, options.backup, run, context),
            ...consenting(options, context, asked.allowance),
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
    'import',
    { to, ...report, counts: tally(report.plan, report.result) },
    lines(
      render(to, report, input.preview, { all: options.names, columns: context.columns }),
      describeResumed(report.resumed),
    ),
  );
  const sealed =
    context.askedReport && source.kind === 'sealed' ? await vouchedFacts(source.sealed, context) : undefined;
  return { outcome: report.outcome, told: { to, ...report, file: ref === undefined ? text : undefined, sealed } };
}

function render(
  to: string,
  {
    outcome,
    handle,
    dryRun,
    package: ref,
    plan,
    warnings,
    log,
    upload,
    items,
    left,
    result,
    backup,
    via,
    signer,
    signerName,
  }: ImportReport,
  preview: boolean,
  naming: Naming,
): string {
  const name = formatRef(ref);
  if (outcome === 'started' && handle !== undefined)
    return lines(
      `started the ${dryRun ? 'dry run' : 'import'} of ${name} into ${to}: ${handle}`,
      `wait for it with: migrator job wait ${handle}`,
    );
  const verb = dryRun ? 'finished the dry run of the import of' : 'imported';
  return lines(
    describeChanges(plan, result, { ...naming, job: dryRun ? undefined : handle }),
    result === undefined ? describeItems(items, naming.columns) : undefined,
    ...warnings.map((warning) => `warning: ${warning}`),
    headline(
      `${verb} ${name} into ${to}${outcome === 'partial' ? ', with warnings' : ''}${handle === undefined ? '' : `: ${handle}`}`,
      name,
      to,
      result,
    ),
    signer === undefined ? undefined : `signed by ${signerWords(signer, signerName)}`,
    describePartial(outcome, { result, warnings }),
    describeVia(via),
    upload === 'kept' ? 'the feed already had the package' : undefined,
    backup === undefined ? undefined : `backup of ${to} from before the import: ${backup}`,
    ...describeLeft(left),
    log.length > 0 || dryRun ? describeLogOf(log, handle, preview) : undefined,
    dryRun ? (preview ? 'nothing was imported' : 'nothing was changed') : undefined,
  );
}
