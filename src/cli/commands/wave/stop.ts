import { askToStop } from '../../../core/waves/stop.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { systemClock } from '../../runtime.ts';
import { type QueueOptions, useQueue } from '../../servers/queue.ts';
import { openLedger } from './open-wave.ts';

export async function runWaveStop({ args: [path = ''], options }: Invocation<QueueOptions>, context: Context) {
  const connection = await useQueue(options, context);
  const { plan, key, ledger } = await openLedger(path, context);
  const owner = await (await context.ledgers()).holder(key);
  // A word that nobody hears would stop the next run. Workers hear it, whoever hands out.
  const asked = owner !== undefined || connection !== undefined;
  if (asked) await askToStop(ledger, systemClock.now());
  const starts = 'nothing more; what is at work comes to its end';
  context.result(
    'wave-stop',
    { asked },
    owner === undefined
      ? connection === undefined
        ? `nobody runs "${plan.name}"`
        : `the workers start ${starts}`
      : `process ${String(owner.pid)} on ${owner.host} starts ${starts}`,
  );
  return undefined;
}
