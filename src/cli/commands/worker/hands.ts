import { canonical } from '../../../canonical.ts';
import { localRunner, projectsOn, shows, slotOf } from '../../../core/operations/wave/local-runner.ts';
import type { OpenMove } from '../../../core/operations/wave/open-move.ts';
import type { Journaling } from '../../../core/steps/journaled.ts';
import { answerOf } from '../../../core/steps/preflight.ts';
import type { WaveItem } from '../../../core/waves/plan.ts';
import { mergedSlots } from '../../../core/waves/schedule.ts';
import { MigratorError } from '../../../errors.ts';
import type { Journal } from '../../../ports/journal.ts';
import type { Reporter } from '../../../ports/reporter.ts';
import type { ItemWork, Slot } from '../../../ports/runner.ts';
import type { Part } from '../../../queue/jobs.ts';
import type { Hands, ItemOfPlan } from '../../../queue/hands.ts';
import type { Context } from '../../context.ts';
import { instancesOf } from '../../servers/instances.ts';
import { consentOf } from '../allowed.ts';
import { ItemMoves } from '../item-moves.ts';
import { openMove } from '../open-item.ts';
import { exportHalf, importHalf } from './halves.ts';
import type { PartPorts } from './part-ports.ts';

/** Does parts of items with the instances of this machine's rc file. `openJournal`: each part holds its own leases. */
export function handsOf(context: Context, openJournal: () => Journal & { close(): Promise<void> }): Hands {
  const journaled = async <T>(reporter: Reporter, work: (journaling: Journaling) => Promise<T>): Promise<T> => {
    const journal = openJournal();
    try {
      return await context.work(async () => work({ ...(await context.journaling(false)), journal, reporter }));
    } finally {
      await journal.close();
    }
  };
  return {
    slotsOf: async (part, { work }) => slotsOf(part, work, context),
    run: (part, queued, exported, reporter, signal) =>
      journaled(reporter, async (journaling) => {
        // Each part reads its secrets anew: a worker lives longer than a password.
        const moves = new ItemMoves(context, false);
        const item = itemOf(queued.work);
        await requireKnownFlags(item, moves);
        const shared = canonical([queued.ledger, queued.work.id, workText(queued.work), part]);
        const ports = { context, moves, item, queued, shared, journaling, reporter };
        if (part === 'export') return exportHalf(ports, signal);
        if (part === 'import') return importHalf(ports, exported, signal);
        return wholeMove(ports, signal);
      }),
    missing: async (done, signal) => {
      const missing = new Set<string>();
      // Only the target is opened: this worker may reach no more.
      for (const to of new Set(done.map(({ item }) => item.work.to))) {
        const target = await (await instancesOf(context)).target(to);
        const projects = await answerOf(target, projectsOn(target, signal));
        for (const { item, arrived } of done)
          if (item.work.to === to && !shows(projects, arrived)) missing.add(item.work.id);
      }
      return missing;
    },
  };
}

function wholeMove({ context, moves, queued, shared, journaling, reporter }: PartPorts, signal: AbortSignal) {
  const runner = localRunner({
    open: (work) => openItem(work, moves, queued.allowed, shared, context),
    journaling: (recorder) => Promise.resolve({ ...journaling, reporter: recorder }),
  });
  return runner.run(queued.work, { id: '', since: '' }, reporter, signal);
}

async function openItem(
  work: ItemWork,
  moves: ItemMoves,
  allowed: ItemOfPlan['allowed'],
  shared: string,
  context: Context,
): Promise<OpenMove> {
  const move = await openMove(itemOf(work), moves, consentOf(allowed), context);
  return { ...move, identity: { ...move.identity, shared } };
}

async function slotsOf(part: Part, work: ItemWork, context: Context): Promise<readonly Slot[]> {
  const instances = await instancesOf(context);
  const moves = new ItemMoves(context, false);
  const item = itemOf(work);
  const ends = [
    ...(part === 'import' ? [] : [{ as: 'source' as const, instance: () => instances.source(item.from) }]),
    ...(part === 'export' ? [] : [{ as: 'target' as const, instance: () => instances.target(item.to) }]),
  ];
  const { input } = await moves.of(item, part === 'import' ? item.to : item.from);
  const slots: Slot[] = [];
  for (const { as, instance } of ends) slots.push(slotOf(await instance(), as, input));
  return mergedSlots(slots);
}

/** USAGE for a flag that this release of migrator does not know. */
async function requireKnownFlags(item: WaveItem, moves: ItemMoves): Promise<void> {
  const [fault] = await moves.flagFaults(item);
  if (fault === undefined) return;
  throw new MigratorError('USAGE', `on this worker ${fault.message}`, {
    hint: fault.hint ?? 'install the same release of migrator on all machines',
  });
}

const workText = ({ project, from, to, flags }: ItemWork): string => canonical([project, from, to, { ...flags }]);

function itemOf({ id, project, from, to, flags }: ItemWork): WaveItem {
  const planned = Object.entries(flags).map(([name, value]) => ({ name, value, line: 0 }));
  return { id, project, from, to, wave: '', needs: [], owner: undefined, flags: planned, line: 0 };
}
