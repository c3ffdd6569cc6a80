import { endOfError, endOfReport } from '../../../core/operations/wave/item-end.ts';
import { importPackage } from '../../../core/operations/import-package.ts';
import { partialExport } from '../../../core/operations/partial-export.ts';
import type { Placed } from '../../../core/instance.ts';
import { formatRef } from '../../../core/package-ref.ts';
import { RunRecorder } from '../../../core/report/recorder.ts';
import { journaled } from '../../../core/steps/journaled.ts';
import { requireStore } from '../../../core/steps/store-package.ts';
import type { Run } from '../../../ports/journal.ts';
import type { ItemEnd } from '../../../ports/runner.ts';
import { ownSecrets } from '../../keys/own-secrets.ts';
import { backupOutput } from '../../packages/backup.ts';
import { openStoreOutput } from '../../packages/staging.ts';
import { sourceFromStore } from '../../packages/store-package.ts';
import { systemRandom, tellingClock } from '../../runtime.ts';
import { instancesOf } from '../../servers/instances.ts';
import { storeOf } from '../asked-move.ts';
import { consentOf } from '../allowed.ts';
import type { PartPorts } from './part-ports.ts';

/** Exports a project and brings the sealed package to the store. Needs the source and the store only. */
export async function exportHalf(ports: PartPorts, signal: AbortSignal): Promise<ItemEnd> {
  const { context, moves, item } = ports;
  const move = await moves.of(item, item.from);
  const store = await storeOf(move, context);
  if (store === undefined) throw new Error(`"${item.id}" has no store`);
  const source = await (await instancesOf(context)).source(item.from);
  return ended(ports, { verb: 'partial-export', on: source, package: undefined }, signal, async (run, recorder) => {
    const { output, bring, remove } = await openStoreOutput(run, context, store);
    try {
      const report = await partialExport(
        { ...move.input, resume: undefined },
        {
          source,
          target: undefined,
          output,
          secrets: move.secrets,
          own: (names) => ownSecrets(names, run, context),
          madeFor: () => Promise.resolve(undefined),
          clock: tellingClock(recorder),
          random: systemRandom,
          reporter: recorder,
          run,
        },
        signal,
      );
      const brought = report.outcome === 'started' ? undefined : await bring();
      return { ...report, jobs: [report.handle], package: brought, route: 'relay' as const };
    } finally {
      await remove();
    }
  });
}

/** Takes the package of the export from the store and imports it. Needs the target and the store only. */
export async function importHalf(
  ports: PartPorts,
  exported: ItemEnd | undefined,
  signal: AbortSignal,
): Promise<ItemEnd> {
  const { context, moves, item, queued } = ports;
  const move = await moves.of(item, item.to);
  const { store: name, input } = move;
  const ref = exported?.package;
  if (name === undefined || ref === undefined)
    return {
      outcome: 'failed',
      jobs: [],
      fault: { code: 'BUG', message: `the export of "${item.id}" named no package` },
    };
  const instances = await instancesOf(context);
  const target = await instances.target(item.to);
  const store = await instances.keeper(name, 'read');
  requireStore(store, 'name a store with via-store: an instance of the product folder or s3');
  return ended(ports, { verb: 'import', on: target, package: formatRef(ref) }, signal, async (run, recorder) => {
    const opening = { trust: [], identity: [] };
    const { source } = await sourceFromStore(formatRef(ref), store, opening, target, context, { plain: false });
    const report = await importPackage(
      { ...input, options: input.importOptions, onConflict: 'keep' },
      {
        target,
        source,
        secrets: move.secrets,
        backup: backupOutput(item.to, move.backup, run, context),
        ...consentOf(queued.allowed),
        clock: tellingClock(recorder),
        random: systemRandom,
        reporter: recorder,
        run,
      },
      signal,
    );
    return { ...report, jobs: report.handle === undefined ? [] : [report.handle], route: 'relay' as const };
  });
}

type HalfReport = Parameters<typeof endOfReport>[0];

/** Does a half as a run of the journal. Failures are the end of the item. */
async function ended(
  { item, shared, journaling, reporter }: PartPorts,
  half: { readonly verb: string; readonly on: Placed; readonly package: string | undefined },
  signal: AbortSignal,
  work: (run: Run, recorder: RunRecorder) => Promise<HalfReport>,
): Promise<ItemEnd> {
  const recorder = new RunRecorder(() => new Date(), reporter);
  const jobs: string[] = [];
  const { project, from, to } = item;
  const about = { projects: [project], from, to, package: half.package };
  try {
    const report = await journaled(
      { verb: half.verb, on: [half.on], what: null, shared, about },
      { ...journaling, reporter: recorder },
      async (run) => {
        try {
          return await work(run, recorder);
        } finally {
          jobs.push(...run.record.jobs);
        }
      },
      signal,
    );
    return { ...endOfReport(report), ran: recorder.jobs };
  } catch (error) {
    return { ...endOfError(error, jobs, signal), ran: recorder.jobs };
  }
}
