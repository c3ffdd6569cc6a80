import type { Result } from '../snapshots/result.ts';
import type { Verified } from './counterpart.ts';

/** What tells why only a part was done. */
export interface InPart {
  readonly result?: Result | undefined;
  readonly verified?: Pick<Verified, 'differences'> | undefined;
  /** What an undo did not bring back. */
  readonly differences?: Verified['differences'] | undefined;
  readonly warnings?: readonly string[] | undefined;
}

/** Why a run was partial: what the target lacks, what differs, or else the first warning. There always is a reason. */
export function partialReason({ result, verified, differences, warnings = [] }: InPart): string {
  const missing = result?.items.filter(({ wanted, action }) => wanted !== true && action !== 'created') ?? [];
  const counts = (['failed', 'not-seen', 'skipped', 'merged'] as const).flatMap((action) => {
    const count = missing.filter((item) => item.action === action).length;
    return count === 0 ? [] : [`${count} ${action === 'not-seen' ? 'not seen' : action}`];
  });
  const different = (verified?.differences ?? differences ?? []).length;
  const found =
    different === 0 ? counts : [...counts, `${different} ${different === 1 ? 'difference' : 'differences'}`];
  if (found.length > 0) return found.join(', ');
  return warnings[0] ?? 'it is not known that all was done; the server gives no reason';
}
