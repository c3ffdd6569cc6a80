import type { Journaling } from '../../../core/steps/journaled.ts';
import type { WaveItem } from '../../../core/waves/plan.ts';
import type { Reporter } from '../../../ports/reporter.ts';
import type { ItemOfPlan } from '../../../queue/hands.ts';
import type { Context } from '../../context.ts';
import type { ItemMoves } from '../item-moves.ts';

/** What a part needs to be done here. */
export interface PartPorts {
  readonly context: Context;
  /** The move, with its flags read by the product of the end that this part works on. */
  readonly moves: ItemMoves;
  readonly item: WaveItem;
  readonly queued: ItemOfPlan;
  /** The same text for the same work, on every machine. */
  readonly shared: string;
  readonly journaling: Journaling;
  readonly reporter: Reporter;
}
