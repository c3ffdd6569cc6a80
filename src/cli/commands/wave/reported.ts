import { type Foretold, outcomeOfItems, reportItems } from '../../../core/report/of-items.ts';
import type { Report, WaveFacts } from '../../../core/report/report.ts';
import { waveReport } from '../../../core/report/make.ts';
import type { WaveFacts as LedgerFacts } from '../../../core/waves/item-record.ts';
import { systemClock } from '../../runtime.ts';
import { whoOf } from '../../reporting/run-report.ts';
import { undoFinder } from '../../reporting/undo-commands.ts';
import { version } from '../../version.ts';
import type { Context } from '../../context.ts';
import { worstExitCode } from './worst.ts';

/** A wave as a report shows it, with the commands that take items back. */
export async function reportedWave(
  facts: Pick<LedgerFacts, 'name' | 'items'>,
  context: Context,
  foretold?: Foretold,
): Promise<WaveFacts> {
  const undoOf = undoFinder(context);
  const known = await context.once(knownUndo);
  const items = [];
  for (const item of reportItems(facts, foretold)) {
    const { run } = item;
    if (run === undefined) {
      items.push(item);
      continue;
    }
    const key = [item.id, ...run.jobs.map(({ handle }) => handle)].join(' ');
    const undo = known.get(key) ?? (await undoOf(run));
    if (item.endedAt !== undefined) known.set(key, undo);
    items.push({ ...item, run: { ...run, undo } });
  }
  return { name: facts.name, items };
}

/** Of items that have ended, so that a page that is made each second looks them up once. */
const knownUndo = () => Promise.resolve(new Map<string, readonly string[]>());

/** The report of a wave as its ledger has it now, whoever has run it. */
export async function reportNow(facts: LedgerFacts, context: Context): Promise<Report> {
  const wave = await reportedWave(facts, context);
  const { io } = context;
  const touched = facts.items.filter(({ state }) => state !== 'waiting');
  const now = systemClock.now().toISOString();
  const times = (which: 'beganAt' | 'endedAt') => facts.items.flatMap((item) => item[which] ?? []).sort();
  const ends = endsOf(facts);
  return waveReport(
    {
      migrator: version(),
      verb: 'wave run',
      outcome: outcomeOfItems(wave.items),
      exitCode: worstExitCode(touched),
      dryRun: false,
      by: whoOf(io),
      startedAt: times('beganAt')[0] ?? now,
      endedAt: times('endedAt').at(-1) ?? now,
      from: ends.from === undefined ? undefined : { name: ends.from },
      to: ends.to === undefined ? undefined : { name: ends.to },
    },
    wave,
  );
}

/** The ends of a wave, where all its items have the same. */
export function endsOf({ items }: { readonly items: readonly { readonly from: string; readonly to: string }[] }) {
  const only = (which: 'from' | 'to') => {
    const names = new Set(items.map((item) => item[which]));
    return names.size === 1 ? [...names][0] : undefined;
  };
  return { from: only('from'), to: only('to') };
}
