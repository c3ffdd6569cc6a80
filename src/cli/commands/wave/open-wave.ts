import { canonical } from '../../../canonical.ts';
import { localRunner } from '../../../core/operations/wave/local-runner.ts';
import type { OpenMove } from '../../../core/operations/wave/open-move.ts';
import type { Consenting } from '../../../core/steps/consent.ts';
import type { Plan } from '../../../core/waves/plan.ts';
import { MigratorError } from '../../../errors.ts';
import { nearest } from '../../../nearest.ts';
import type { Ledger } from '../../../ports/journal.ts';
import type { ItemWork, Runner } from '../../../ports/runner.ts';
import type { Context } from '../../context.ts';
import { instancesOf } from '../../servers/instances.ts';
import { openMove } from '../open-item.ts';
import type { ChoosingOptions } from './flags.ts';
import { ItemMoves } from '../item-moves.ts';
import { readPlanFile } from './read-plan.ts';
import type { ItemRecord } from '../../../core/waves/item-record.ts';

/** The key of a plan's ledger: its name, and the servers of its ends. Its items may change. */
export async function ledgerKey({ name, from, to, items: [first] }: Plan, context: Context): Promise<string> {
  const places = await (await instancesOf(context)).places();
  const ends = [from ?? first?.from ?? '', to ?? first?.to ?? ''].map((end) => places.get(end) ?? end);
  return `wave-${canonical([name, ...ends])}`;
}

/** A plan whose ledger is read, for the verbs that move nothing. */
export async function openLedger(
  path: string,
  context: Context,
): Promise<{ readonly plan: Plan; readonly key: string; readonly ledger: Ledger }> {
  const plan = await readPlanFile(path, context);
  const key = await ledgerKey(plan, context);
  return { plan, key, ledger: (await context.ledgers()).of(key) };
}

/** A plan that is about to be run or checked: its flags are read too. `consentOf`: what an item may do without a question. */
export async function openWave(
  path: string,
  consentOf: (work: ItemWork) => Required<Consenting>,
  context: Context,
): Promise<{ readonly plan: Plan; readonly moves: ItemMoves; readonly runner: Runner }> {
  const moves = new ItemMoves(context);
  const plan = await readPlanFile(path, context, (read) => moves.faults(read));
  const items = new Map(plan.items.map((item) => [item.id, item]));
  const opened = new Map<string, Promise<OpenMove>>();
  const runner = localRunner({
    open: (work) => {
      const item = items.get(work.id);
      if (item === undefined) throw new Error(`"${work.id}" is not in the plan`);
      const move = opened.get(work.id) ?? openMove(item, moves, consentOf(work), context);
      opened.set(work.id, move);
      return move;
    },
    journaling: async (reporter) => ({ ...(await context.journaling(false)), reporter }),
  });
  return { plan, moves, runner };
}

/** The ids of the items that the flags choose. USAGE for a wave or an item that the plan does not have. */
export function chosenItems(
  plan: Plan,
  records: ReadonlyMap<string, ItemRecord>,
  { wave, item, onlyFailed = false }: ChoosingOptions,
): ReadonlySet<string> {
  requireKnown(
    wave,
    plan.waves.map(({ name }) => name),
    'wave',
  );
  requireKnown(
    item,
    plan.items.map(({ id }) => id),
    'item',
  );
  const failed: readonly (string | undefined)[] = ['failed', 'skipped'];
  return new Set(
    plan.items
      .filter((one) => wave.length === 0 || wave.includes(one.wave))
      .filter(({ id }) => item.length === 0 || item.includes(id))
      .filter(({ id }) => !onlyFailed || failed.includes(records.get(id)?.state))
      .map(({ id }) => id),
  );
}

function requireKnown(wanted: readonly string[], known: readonly string[], what: string): void {
  const unknown = wanted.filter((name) => !known.includes(name));
  const [first] = unknown;
  if (first === undefined) return;
  const near = nearest(first, known);
  throw new MigratorError('USAGE', `the plan has no ${what} ${unknown.map((name) => `"${name}"`).join(', ')}`, {
    hint: near === undefined ? `there are: ${known.slice(0, 20).join(', ')}` : `did you mean "${near}"?`,
  });
}
