import { canonical } from '../../../canonical.ts';
import type { Plan } from '../../../core/waves/plan.ts';
import { type ItemRecord, openAttempt, untouched, workOf } from '../../../core/waves/item-record.ts';
import { MigratorError } from '../../../errors.ts';
import type { Allowed, ItemWork, Runner } from '../../../ports/runner.ts';
import type { QueueConnection } from '../../../queue/connect.ts';
import { goesThroughStore, Queues } from '../../../queue/jobs.ts';
import { queuePackages } from '../../../queue/packages.ts';
import { planLifetime, publishPlan } from '../../../queue/queued-plan.ts';
import { lookAt, queueRunner } from '../../../queue/runner.ts';
import type { Context } from '../../context.ts';
import { planSigner } from '../../keys/signed-plans.ts';
import { systemClock, tellingClock } from '../../runtime.ts';
import { instancesOf } from '../../servers/instances.ts';
import { ItemMoves } from '../item-moves.ts';
import { ledgerKey } from './open-wave.ts';

interface Handing {
  readonly plan: Plan;
  readonly moves: ItemMoves;
  /** Foresees items with the instances of this machine. */
  readonly local: Runner;
  readonly allowedFor: (id: string) => Allowed;
  readonly until: Date | undefined;
}

/** Hands the items of a plan to workers. The plan is signed when the first one is handed out: then all questions are answered. */
export async function queuedRunner(connection: QueueConnection, handing: Handing, context: Context): Promise<Runner> {
  const { plan, moves, local, allowedFor, until } = handing;
  await queuePackages();
  const queues = new Queues(connection);
  context.onClose(() => queues.close());
  const reporter = await context.reporter();
  const works = new Map<string, ItemWork>();
  for (const item of plan.items) works.set(item.id, { ...workOf(item), flags: await moves.settledFlags(item) });
  requireOneMachine([...works.values()]);
  const places = await (await instancesOf(context)).places();
  const ledger = await ledgerKey(plan, context);
  const publish = async (): Promise<string> => {
    const now = systemClock.now();
    const items = [...works.values()].map((work) => ({ work, allowed: allowedFor(work.id) }));
    const times = { signedAt: now.toISOString(), expiresAt: new Date(now.getTime() + planLifetime).toISOString() };
    const lasts = until === undefined ? {} : { until: until.toISOString() };
    return publishPlan(connection, { name: plan.name, ledger, ...times, ...lasts, items }, await planSigner(context));
  };
  let published: Promise<string> | undefined;
  const handedOut = (work: ItemWork): ItemWork => works.get(work.id) ?? work;
  const runner = queueRunner({
    connection,
    queues,
    plan: () => (published ??= publish()),
    // The values of secrets are known to the workers only.
    keyOf: (work) => {
      const { project, from, to, flags } = handedOut(work);
      return Promise.resolve(canonical([project, places.get(from) ?? from, places.get(to) ?? to, { ...flags }]));
    },
    foresee: (work, signal) => local.foresee(work, signal),
    clock: tellingClock(reporter),
    reporter,
  });
  return {
    ...runner,
    run: (work, ...rest) => runner.run(handedOut(work), ...rest),
    endOf: (work, attempt) => runner.endOf(handedOut(work), attempt),
  };
}

/** USAGE for what needs both ends, of items whose halves are done on two machines. */
function requireOneMachine(works: readonly ItemWork[]): void {
  const [one] = works.filter((work) => goesThroughStore(work) && work.flags['verify'] === true);
  if (one === undefined) return;
  throw new MigratorError('USAGE', `"${one.id}" goes through a store, so no worker reaches both ends to verify it`, {
    hint: 'leave out verify, and compare later on a machine that reaches both: migrator compare --project <name>',
  });
}

/** Brings the records of items that workers have in hand to what has become of them. */
export async function queuedRecords(
  plan: Plan,
  records: Map<string, ItemRecord>,
  connection: QueueConnection,
  context: Context,
): Promise<void> {
  const queues = new Queues(connection);
  const moves = new ItemMoves(context);
  try {
    for (const item of plan.items) {
      const record = records.get(item.id) ?? untouched;
      const id = openAttempt(record);
      if (id === undefined) continue;
      const work = { ...workOf(item), flags: await moves.settledFlags(item) };
      const seen = await lookAt(queues, work, { id });
      if (seen === undefined) records.set(item.id, { ...record, state: 'interrupted' });
      else if (typeof seen === 'string')
        records.set(item.id, {
          ...record,
          state: 'running',
          ...(seen === 'queued' ? { reason: 'it is in the queue' } : {}),
        });
      else records.set(item.id, { ...record, ...seen, state: seen.outcome });
    }
  } finally {
    await queues.close();
  }
}
