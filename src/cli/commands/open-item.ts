import type { OpenMove } from '../../core/operations/wave/open-move.ts';
import type { Consenting } from '../../core/steps/consent.ts';
import type { WaveItem } from '../../core/waves/plan.ts';
import type { Context } from '../context.ts';
import { calledBack } from '../servers/callbacks.ts';
import { instancesOf } from '../servers/instances.ts';
import { identityOf, portsOf, storeOf } from './asked-move.ts';
import type { ItemMoves } from './item-moves.ts';

/** The move of an item, with its instances opened. */
export async function openMove(
  item: WaveItem,
  moves: ItemMoves,
  consent: Required<Consenting>,
  context: Context,
): Promise<OpenMove> {
  const move = await moves.of(item);
  const instances = await instancesOf(context);
  const source = await instances.source(item.from);
  const target = await instances.target(item.to);
  const store = await storeOf(move, context);
  return {
    source,
    target,
    input: move.input,
    secrets: move.secrets,
    identity: identityOf(move, source, target),
    ports: async (run, reporter) => portsOf(move, { source, target, store, run, reporter, ...consent }, context),
    around: (report) => calledBack(move.callbacks, context, report),
  };
}
