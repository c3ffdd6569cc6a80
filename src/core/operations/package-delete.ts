import type { PackageRef } from '../../ports/artifact.ts';
import type { Reporter } from '../../ports/reporter.ts';
import { facet, type Instance } from '../instance.ts';
import { formatRef } from '../package-ref.ts';
import { type Consenting, requireConsent } from '../steps/consent.ts';
import { probe } from '../steps/preflight.ts';

export interface Deletion {
  readonly instance: string;
  readonly result: 'deleted' | 'absent';
}

/** Deletes a package from the feed of each instance, in that order, after the user agreed. */
export async function deletePackage(
  targets: readonly Instance[],
  /** How an instance names the package. USAGE when it cannot. */
  refOn: (target: Instance) => PackageRef,
  ports: Consenting & { readonly reporter: Reporter },
  signal: AbortSignal,
): Promise<readonly Deletion[]> {
  const found = targets.map((target) => ({ target, feed: facet(target, 'feed'), ref: refOn(target) }));
  // All must be there before anything is deleted anywhere.
  for (const { target } of found) await probe(target, ports.reporter, signal);
  const [first] = found;
  const name = first === undefined ? '' : formatRef(first.ref);
  const from = found.map(({ target }) => target.name).join(' and ');
  await requireConsent(`delete ${name} from ${from}?`, `${name} was not deleted`, ports);
  const results: Deletion[] = [];
  for (const { target, ref, feed } of found)
    results.push({ instance: target.name, result: await feed.delete(ref, signal) });
  return results;
}
