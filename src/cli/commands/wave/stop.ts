import { askToStop } from '../../../core/waves/stop.ts';
import type { Invocation } from '../../build-command.ts';
import type { Context } from '../../context.ts';
import { systemClock } from '../../runtime.ts';
import { openLedger } from './open-wave.ts';

export async function runWaveStop({ args: [path = ''] }: Invocation, context: Context) {
  const { plan, key, ledger } = await openLedger(path, context);
  const owner = await (await context.ledgers()).holder(key);
  // A word that nobody hears would stop the next run.
  if (owner !== undefined) await askToStop(ledger, systemClock.now());
  context.result(
    'wave-stop',
    { asked: owner !== undefined },
    owner === undefined
      ? `nobody runs "${plan.name}"`
      : `process ${String(owner.pid)} on ${owner.host} starts nothing more; what is at work comes to its end`,
  );
  return undefined;
}
