import { isStore } from '../../../stores/index.ts';
import { MigratorError } from '../../../errors.ts';
import type { Reporter } from '../../../ports/reporter.ts';
import { plural } from '../../../plural.ts';
import { Queues } from '../../../queue/jobs.ts';
import { queueJournal } from '../../../queue/journal.ts';
import { announceWorker } from '../../../queue/presence.ts';
import { QueuedPlans } from '../../../queue/queued-plan.ts';
import { usualWorkTiming, type WorkTiming } from '../../../queue/hands.ts';
import { workOff } from '../../../queue/worker.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { durationFlag, numberFlag } from '../../flags/duration-and-size.ts';
import { planSignerOf } from '../../keys/signed-plans.ts';
import { systemClock, tellingClock } from '../../runtime.ts';
import { instancesOf } from '../../servers/instances.ts';
import type { WorkerOptions } from './flags.ts';
import { handsOf } from './hands.ts';

export async function runWorker({ options }: Invocation<WorkerOptions>, context: Context) {
  const concurrency = numberFlag(options.concurrency, context.flagSource('concurrency'));
  const timing = timingOf(options.lostAfter, context);
  const { queue } = context;
  if (queue === undefined)
    throw new MigratorError('USAGE', '--queue is missing: name the queue to take items from', {
      hint: 'give --queue redis://host:6379, or set MIGRATOR_QUEUE',
    });
  const { serves, pairs } = await servedBy(options.serves, context);
  const connection = await queue();
  const { redis } = connection;
  const self = { pid: context.io.pid, host: context.io.host };
  const reporter = await context.reporter();
  const clock = tellingClock(reporter);
  const atWork = new Set<string>();
  let ended = 0;
  const counting: Reporter = {
    report: (event) => {
      if (event.type === 'item') {
        if (event.state === 'running') atWork.add(event.item);
        else {
          atWork.delete(event.item);
          if (event.state !== 'interrupted') ended += 1;
        }
        void presence.tell().catch(() => undefined);
      }
      reporter.report(event);
    },
  };
  const since = systemClock.now().toISOString();
  const presence = announceWorker(connection, () => ({ ...self, since, serves, concurrency, items: [...atWork] }));
  const queues = new Queues(connection);
  const hands = handsOf(context, () =>
    queueJournal(redis, self, { clock, now: () => systemClock.now(), timing: { lease: timing.lock } }),
  );
  const at = connection.where;
  reporter.report({
    type: 'notice',
    message: `takes items from ${at} for ${serves.join(', ')}, ${concurrency} at once`,
  });
  try {
    await presence.tell();
    await workOff(
      { serves, pairs, concurrency },
      {
        connection,
        queues,
        plans: new QueuedPlans(connection, await planSignerOf(context), () => systemClock.now()),
        ledgers: await context.ledgers(),
        hands,
        reporter: counting,
        clock,
        host: self.host,
        mask: (value) => context.redactor.redactValue(value) as typeof value,
        timing,
      },
      context.signal,
    );
  } finally {
    // A queue that is gone forgets this worker by itself.
    await presence.stop().catch(() => undefined);
    await queues.close().catch(() => undefined);
  }
  context.result('worker', { queue: at, serves, items: ended }, `the worker did ${plural(ended, 'item')}`);
  return undefined;
}

/** In milliseconds. Under it, a busy machine would look dead. */
const shortestSilence = 1000;

/** A worker that shall be missed soon looks for work more often too. */
function timingOf(lostAfter: string, context: Context): WorkTiming {
  const source = context.flagSource('lostAfter');
  const lock = durationFlag(lostAfter, source);
  if (lock < shortestSilence)
    throw new MigratorError('USAGE', `${source.words}: "${lostAfter}" is less than a second`, {
      hint: 'write --lost-after 30s: a worker tells three times in it that it is there',
    });
  const { idle, slot } = usualWorkTiming;
  return { lock, idle: Math.min(idle, lock / 10), slot: Math.min(slot, lock / 5) };
}

/** The instances that this worker serves, opened, so that a wrong secret is told at once; and the pairs of one product. */
async function servedBy(wanted: readonly string[], context: Context) {
  const instances = await instancesOf(context);
  const config = await context.config();
  const known = Object.values(config.instances).filter(({ product }) => !isStore(product));
  const names = wanted.length > 0 ? [...new Set(wanted)] : known.map(({ name }) => name);
  if (names.length === 0)
    throw new MigratorError('USAGE', 'there is no instance that this worker could serve', {
      hint: 'add instances to the rc file: migrator init',
    });
  for (const name of names) await instances.target(name);
  const productOf = (name: string) => instances.config(name).product;
  const pairs = names.flatMap((from) =>
    names.filter((to) => productOf(from) === productOf(to)).map((to) => [from, to] as const),
  );
  return { serves: names, pairs };
}
