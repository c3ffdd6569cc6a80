import { askToStop } from '../../../core/waves/stop.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { systemClock } from '../../runtime.ts';
import { openLedger } from './open-wave.ts';

export async function runWaveStop({ args: [path = ''] }: Invocation, context: Context) {
  const { plan, key, ledger } = await openLedger(path, context);
  const owner = await (await context.ledgers()).holder(key);
  // A word that nobody hears would stop the next run. Workers hear it, whoever hands out.
  const isQueued = context.queue !== undefined;
  const asked = owner !== undefined || isQueued;
  if (asked) await askToStop(ledger, systemClock.now());
  const starts = 'nothing more; what is at work comes to its end';
  context.result(
    'wave-stop',
    { asked },
    owner === undefined
      ? isQueued
        ? `the workers start ${starts}`
        : `nobody runs "${plan.name}"`
      : `process ${String(owner.pid)} on ${owner.host} starts ${starts}`,
  );
  return undefined;
}
