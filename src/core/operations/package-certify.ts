import type { PackageRef } from '../../ports/artifact.ts';
import type { Certification } from '../../ports/feed.ts';
import type { Reporter } from '../../ports/reporter.ts';
import { feedVerb, type Keeper } from '../instance.ts';
import { formatRef } from '../package-ref.ts';
import { probe } from '../steps/preflight.ts';

export type Certified = Certification & { readonly instance: string };

/**
 * Decides on the first instance and sets the same decision, with its author and time, on the others. `sync`: each
 * fetches it.
 */
export async function certifyPackage(
  wanted: Certification | 'sync',
  targets: readonly Keeper[],
  /** The package's name on an instance. USAGE when the name is not valid there. */
  refOn: (target: Keeper) => PackageRef,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<readonly Certified[]> {
  const found = targets.map((target) => ({ target, certify: feedVerb(target, 'certify'), ref: refOn(target) }));
  // All instances must be reachable before any of them is changed.
  for (const { target } of found) await probe(target, reporter, signal);
  const results: Certified[] = [];
  let decision = wanted;
  for (const { target, ref, certify } of found) {
    const shown = await certify(ref, decision, signal);
    results.push({ instance: target.name, ...shown });
    // Reported at once, because the next instance may fail and this one is already changed.
    if (found.length > 1)
      reporter.report({ type: 'notice', message: `${formatRef(ref)} is ${shown.status} on ${target.name}` });
    if (decision !== 'sync' && results.length === 1) decision = shown;
  }
  return results;
}
