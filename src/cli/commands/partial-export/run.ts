import type { Placed } from '../../../core/instance.ts';
import { handleIn, handleOf, parseHandle, wholeId } from '../../../core/job-handle.ts';
import { partialExport, type PartialExportReport } from '../../../core/operations/partial-export.ts';
import { formatRef } from '../../../core/package-ref.ts';
import { journaled } from '../../../core/steps/journaled.ts';
import { carriedBy } from '../../../core/steps/run-secrets.ts';
import type { PackageOutput } from '../../../core/steps/seal-artifact.ts';
import { MigratorError } from '../../../errors.ts';
import type { SealedPackage } from '../../../package/index.ts';
import type { RunRecord } from '../../../ports/journal.ts';
import type { Secrets } from '../../../ports/options.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { consenting } from '../../flags/caution.ts';
import { productFlags } from '../../flags/product-values.ts';
import { waitingOf } from '../../flags/waiting.ts';
import { ownSecrets, ownSecretsOf } from '../../keys/own-secrets.ts';
import { outputSink, packageOutput, requireFree, wroteEarlier } from '../../packages/output.ts';
import { sealSettings } from '../../packages/seal-settings.ts';
import { systemRandom, tellingClock } from '../../runtime.ts';
import { calledBack, readCallbacks } from '../../servers/callbacks.ts';
import { instancesOf, requireInstance } from '../../servers/instances.ts';
import { secretDigest } from '../../state/secret-digest.ts';
import { lines } from '../../terminal/table.ts';
import { type SealedFacts, sealedFacts } from '../readers.ts';
import { describeLeft, describePartial, describeResumed, describeSealed, describeVia } from '../summary.ts';
import type { PartialExportOptions } from './flags.ts';

export async function runPartialExport({ options, command }: Invocation<PartialExportOptions>, context: Context) {
  const resumed = options.resume === undefined ? undefined : parseHandle(options.resume);
  const from = resumed?.instance ?? requireInstance(options.from, '--from');
  const waiting = waitingOf(options, context);
  const instances = await instancesOf(context);
  const { product } = instances.config(from);
  const flags = await productFlags(command, 'partial-export', product, context);
  const { raw = false } = await instances.request(from, {
    verb: 'partial-export',
    projects: options.project,
    ...flags,
  });
  const source = await instances.source(from);
  const records = resumed === undefined ? [] : await recordsOn(source, context);
  const resume = resumed && wholeId(resumed.id, source, records);
  const starter = resume === undefined ? undefined : records.find((one) => handleIn(one, resume, source) !== undefined);
  const target = options.to === undefined ? undefined : await instances.target(options.to);
  if (raw && options.output === undefined)
    throw new MigratorError('USAGE', 'this export is a plain file and needs a name', {
      hint: 'give the name with -o <file>',
    });
  const wantsFile = options.to === undefined || options.output !== undefined;
  if (wantsFile) await requireFree(options.output, { verb: 'partial-export', force: options.force === true }, context);
  const settings = wantsFile && !raw ? await sealSettings(options, context) : undefined;
  const { packageId, packageVersion, ...rest } = flags.options;
  const request = {
    projects: options.project,
    packageId: packageId === undefined ? undefined : String(packageId),
    packageVersion: packageVersion === undefined ? undefined : String(packageVersion),
    options: rest,
  };
  const what = {
    request: { ...request, packageId: request.packageId ?? null, packageVersion: request.packageVersion ?? null },
    secrets: await secretDigest(flags.secrets, context.io),
    output: options.output ?? null,
    resume: resume ?? null,
  };
  const callbacks = readCallbacks(flags.byMigrator, waiting);
  const reporter = await context.reporter();
  const journaling = await context.journaling(options.fresh === true);
  let output: PackageOutput | undefined;
  const report = await calledBack(callbacks, context, () =>
    journaled(
      {
        verb: 'partial-export',
        on: target === undefined ? [source] : [source, target],
        what,
        about: {
          projects: starter?.about?.projects ?? options.project,
          from,
          to: options.to,
          package: options.output,
          ...(resume === undefined ? {} : { resumes: handleOf(source, resume) }),
        },
      },
      journaling,
      async (run) => {
        const force = options.force === true || (await wroteEarlier(options.output, run.record, context));
        output = settings && (await packageOutput(options.output, () => Promise.resolve(settings), force, context));
        const plain = raw ? () => outputSink(options.output ?? '-', force, context) : undefined;
        // As for packages: if the file exists, the run must stop before a server starts to work.
        if (options.output !== '-') await (await plain?.())?.discard();
        return partialExport(
          { request, resume, ...waiting },
          {
            source,
            target,
            output,
            raw: plain,
            secrets: flags.secrets,
            own: (names) => ownSecrets(names, run, context),
            madeFor: (id) => madeFor(id, source, context),
            ...consenting({}, context),
            clock: tellingClock(reporter),
            random: systemRandom,
            reporter,
            run,
          },
          context.signal,
        );
      },
      context.signal,
    ),
  );
  if (starter !== undefined && (raw || report.sealed !== undefined)) await settleStarter(starter, context);
  // The job does not tell its projects. The run that started it on this machine knows them.
  const projects = report.projects.length > 0 ? report.projects : (starter?.about?.projects ?? []);
  const file =
    raw && report.package ? options.output : report.sealed && report.package ? output?.name(report.package) : undefined;
  const facts = report.sealed && (await sealedFacts(report.sealed, context));
  context.result(
    'partial-export',
    { from, ...report, projects, file, readers: facts?.readers },
    lines(render(from, file, { ...report, projects }, facts), describeResumed(report.resumed)),
  );
  const sealed = report.sealed && {
    ...report.sealed,
    signer: ownSigner(report.sealed, facts),
    readers: facts?.readers ?? [],
  };
  return { outcome: report.outcome, told: { from, ...report, file, sealed } };
}

/** The package of a run's only export is here, so that run has nothing left to do. A run that moves has. */
async function settleStarter({ verb, jobs }: RunRecord, context: Context): Promise<void> {
  const [job, ...others] = jobs;
  if (verb === 'partial-export' && job !== undefined && others.length === 0)
    await (await context.journal()).settle(job, 'done');
}

/** The secrets that this machine made for a job that it started on this server. Undefined for any other job. */
async function madeFor(id: string, source: Placed, context: Context): Promise<Secrets | undefined> {
  const record = (await recordsOn(source, context)).find((one) => handleIn(one, id, source) !== undefined);
  return record && ownSecretsOf(record, context, carriedBy(record, id, source));
}

/** The runs of this machine that were on this server, or do not tell on which. */
async function recordsOn({ name, place }: Placed, context: Context): Promise<readonly RunRecord[]> {
  const records = await (await context.journal()).list();
  return records.filter(({ places }) => (places?.[name] ?? place) === place);
}

/** This run signed it, so nobody needs to trust the key. */
const ownSigner = ({ signer }: SealedPackage, facts: SealedFacts | undefined) =>
  signer === undefined ? undefined : { keyId: signer, name: facts?.signerName };

function render(
  from: string,
  file: string | undefined,
  report: PartialExportReport,
  facts: SealedFacts | undefined,
): string {
  const { outcome, handle, projects, warnings, sealed, stored, left, via } = report;
  const what = projects.length > 0 ? projects.map((name) => `"${name}"`).join(', ') : 'the projects';
  if (outcome === 'started') {
    return lines(
      `started the export of ${what} from ${from}: ${handle}`,
      `resume it with: migrator partial-export --resume ${handle} -o <file>`,
    );
  }
  return lines(
    `exported ${what} from ${from}${outcome === 'partial' ? ', with warnings' : ''}`,
    describePartial(outcome, { warnings }),
    describeVia(via),
    sealed && file && facts ? describeSealed(file, sealed, facts) : undefined,
    sealed === undefined && file !== undefined ? `wrote ${file}: neither signed nor encrypted` : undefined,
    stored ? `on ${stored.instance}: ${formatRef(stored)}` : undefined,
    ...describeLeft(left),
    ...warnings.map((warning) => `warning: ${warning}`),
  );
}
