import type { PackageRef } from '../../ports/artifact.ts';
import type { Certification } from '../../ports/feed.ts';
import type { Reporter } from '../../ports/reporter.ts';
import { feedVerb, type Instance } from '../instance.ts';
import { formatRef } from '../package-ref.ts';
import { probe } from '../steps/preflight.ts';

export type Certified = Certification & { readonly instance: string };

/** Decides at the first instance, and repeats who decided and when at each other one. `sync`: each takes it over by itself. */
export async function certifyPackage(
  wanted: Certification | 'sync',
  targets: readonly Instance[],
  /** How an instance names the package. USAGE when it cannot. */
  refOn: (target: Instance) => PackageRef,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<readonly Certified[]> {
  const found = targets.map((target) => ({ target, certify: feedVerb(target, 'certify'), ref: refOn(target) }));
  // All must be there before anything is changed anywhere.
  for (const { target } of found) await probe(target, reporter, signal);
  const results: Certified[] = [];
  let decision = wanted;
  for (const { target, ref, certify } of found) {
    const shown = await certify(ref, decision, signal);
    results.push({ instance: target.name, ...shown });
    // Told at once: the next one may fail, and this one stays as it is.
    if (found.length > 1)
      reporter.report({ type: 'notice', message: `${formatRef(ref)} is ${shown.status} on ${target.name}` });
    if (decision !== 'sync' && results.length === 1) decision = shown;
  }
  return results;
}
