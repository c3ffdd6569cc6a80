import { factsOf, readRecords, type WaveFacts } from '../../../core/waves/item-record.ts';
import { plural } from '../../../plural.ts';
import type { WorkerFacts } from '../../../queue/presence.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { lines } from '../../terminal/table.ts';
import { describeCounts, itemTable } from './describe.ts';
import { openLedger } from './open-wave.ts';

type Holder = { readonly pid: number; readonly host: string; readonly since: string } | undefined;

interface Current {
  readonly facts: WaveFacts;
  /** The process that runs the wave, or hands it out. */
  readonly running: Holder;
  /** Undefined without a queue. */
  readonly workers: readonly WorkerFacts[] | undefined;
}

/**
 * The facts of a plan as they are now. Without a process that runs it, nothing of it is at work, unless workers of a queue
 * are.
 */
export async function currentFacts(path: string, context: Context): Promise<Current> {
  const { plan, key, ledger } = await openLedger(path, context);
  const owner = await (await context.ledgers()).holder(key);
  const records = await readRecords(ledger);
  const connection = await context.queue?.();
  const running = owner && { pid: owner.pid, host: owner.host, since: owner.since };
  if (connection !== undefined) {
    const { queuedRecords } = await import('./queued.ts');
    const { workersOf } = await import('../../../queue/presence.ts');
    await queuedRecords(plan, records, connection, context);
    return { facts: factsOf(plan, records), running, workers: await workersOf(connection) };
  }
  for (const [id, record] of records)
    if (owner === undefined && record.state === 'running') records.set(id, { ...record, state: 'interrupted' });
  return { facts: factsOf(plan, records), running, workers: undefined };
}

export async function runWaveStatus({ args: [path = ''] }: Invocation, context: Context) {
  const { facts, running, workers } = await currentFacts(path, context);
  context.result(
    'wave-status',
    { running, ...(workers === undefined ? {} : { workers }), ...facts },
    lines(
      itemTable(facts.items, context.columns),
      `${facts.name}: ${describeCounts(facts)}`,
      running === undefined
        ? `no process ${workers === undefined ? 'runs it' : 'hands it out'}`
        : `process ${String(running.pid)} on ${running.host} ${workers === undefined ? 'runs it' : 'hands it out'}, since ${running.since}`,
      ...describeWorkers(workers),
    ),
  );
  return undefined;
}

function describeWorkers(workers: readonly WorkerFacts[] | undefined): readonly string[] {
  if (workers?.length === 0) return ['no worker is there: start one with migrator worker --queue'];
  return (workers ?? []).map(({ host, pid, serves, items }) => {
    const busy = items.length === 0 ? 'idle' : `at work on ${plural(items.length, 'item')}: ${items.join(', ')}`;
    return `worker ${String(pid)} on ${host} serves ${serves.join(', ')}: ${busy}`;
  });
}
