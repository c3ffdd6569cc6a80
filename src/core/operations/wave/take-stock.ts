import type { HeldLedger } from '../../../ports/journal.ts';
import type { Reporter } from '../../../ports/reporter.ts';
import type { Runner } from '../../../ports/runner.ts';
import type { Clock } from '../../../ports/runtime.ts';
import { entryOf, type ItemRecord, plainRecord, untouched, workOf } from '../../waves/item-record.ts';
import type { Plan } from '../../waves/plan.ts';

interface StockPorts {
  readonly runner: Runner;
  readonly ledger: HeldLedger;
  readonly reporter: Reporter;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * What earlier runs of a plan have done, before a new one begins. A ledger is not taken at its word: work that was begun is
 * looked up among the runs, because it may have ended before that was noted, and a project that is noted as done is looked up
 * on the target. What the target has lost is done again.
 */
export async function takeStock(
  plan: Plan,
  records: Map<string, ItemRecord>,
  chosen: ReadonlySet<string>,
  ports: StockPorts,
  signal: AbortSignal,
): Promise<void> {
  const { runner, reporter } = ports;
  const note = async (id: string, record: ItemRecord) => {
    records.set(id, record);
    await ports.ledger.put(entryOf(id), plainRecord(record));
  };
  const items = plan.items.filter(({ id }) => chosen.has(id));
  for (const item of items) {
    const record = records.get(item.id) ?? untouched;
    const { state, beganAt, attempt = '' } = record;
    if (beganAt === undefined || (state !== 'running' && state !== 'interrupted' && state !== 'started')) continue;
    const end = await runner.endOf(workOf(item), { id: attempt, since: beganAt });
    if (end === undefined) continue;
    const { outcome, jobs, ...rest } = end;
    const at = ports.clock.now().toISOString();
    const isOver = outcome === 'done' || outcome === 'partial' || outcome === 'failed';
    await note(item.id, { ...record, ...rest, state: outcome, since: at, ...(isOver ? { endedAt: at } : {}), jobs });
    if (!isOver) continue;
    reporter.report({ type: 'item', item: item.id, state: outcome, reason: 'it had ended before' });
  }
  const done = items.flatMap((item) => {
    const { state, arrived = [] } = records.get(item.id) ?? untouched;
    return (state === 'done' || state === 'partial') && arrived.length > 0 ? [{ work: workOf(item), arrived }] : [];
  });
  const missing = done.length === 0 ? new Set<string>() : await runner.missing(done, signal);
  for (const { work } of done) {
    if (!missing.has(work.id)) continue;
    const { attempts, jobs } = records.get(work.id) ?? untouched;
    await note(work.id, { state: 'waiting', since: ports.clock.now().toISOString(), attempts, jobs });
    reporter.report({
      type: 'warning',
      item: work.id,
      message: `it was moved before, and ${work.to} does not show it any more; it is moved again`,
    });
  }
}
