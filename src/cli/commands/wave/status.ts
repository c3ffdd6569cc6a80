import { factsOf, readRecords, type WaveFacts } from '../../../core/waves/item-record.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { lines } from '../../terminal/table.ts';
import { describeCounts, itemTable } from './describe.ts';
import { openLedger } from './open-wave.ts';

type Holder = { readonly pid: number; readonly host: string; readonly since: string } | undefined;

/** The facts of a plan as they are now. Without a process that runs it, nothing of it is at work. */
export async function currentFacts(
  path: string,
  context: Context,
): Promise<{ readonly facts: WaveFacts; readonly running: Holder }> {
  const { plan, key, ledger } = await openLedger(path, context);
  const owner = await (await context.ledgers()).holder(key);
  const records = await readRecords(ledger);
  for (const [id, record] of records)
    if (owner === undefined && record.state === 'running') records.set(id, { ...record, state: 'interrupted' });
  const running = owner && { pid: owner.pid, host: owner.host, since: owner.since };
  return { facts: factsOf(plan, records), running };
}

export async function runWaveStatus({ args: [path = ''] }: Invocation, context: Context) {
  const { facts, running } = await currentFacts(path, context);
  context.result(
    'wave-status',
    { running, ...facts },
    lines(
      itemTable(facts.items, context.columns),
      `${facts.name}: ${describeCounts(facts)}`,
      running === undefined
        ? 'no process runs it'
        : `process ${String(running.pid)} on ${running.host} runs it, since ${running.since}`,
    ),
  );
  return undefined;
}
