import { MigratorError } from '../../errors.ts';
import type { PackageRef } from '../../ports/artifact.ts';
import type { Reporter } from '../../ports/reporter.ts';
import { facet, type Keeper } from '../instance.ts';
import { formatRef } from '../package-ref.ts';
import { type Consenting, mustAnswer, requireConsent } from '../steps/consent.ts';
import { probe } from '../steps/preflight.ts';

export interface Deletion {
  readonly instance: string;
  readonly result: 'deleted' | 'absent';
}

/**
 * Deletes a package from the feed of each instance, in the given order, after the user agreed. NOT_FOUND when no instance
 * has it, because its name may be a typing error.
 */
export async function deletePackage(
  targets: readonly Keeper[],
  /** The package's name on an instance. USAGE when the name is not valid there. */
  refOn: (target: Keeper) => PackageRef,
  ports: Consenting & { readonly reporter: Reporter },
  signal: AbortSignal,
): Promise<readonly Deletion[]> {
  const found = targets.map((target) => ({ target, feed: facet(target, 'feed'), ref: refOn(target) }));
  // All instances must be reachable before the package is deleted from any of them.
  for (const { target } of found) await probe(target, ports.reporter, signal);
  const [first] = found;
  const name = first === undefined ? '' : formatRef(first.ref);
  const held: string[] = [];
  for (const { target, feed, ref } of found) if ((await feed.stat(ref, signal)) !== undefined) held.push(target.name);
  if (held.length === 0) throw noPackage(name, targets);
  // Nobody is asked about what is not there.
  await requireConsent(mustAnswer(`delete ${name} from ${held.join(' and ')}?`), `${name} was not deleted`, ports);
  const results: Deletion[] = [];
  for (const { target, ref, feed } of found)
    results.push({
      instance: target.name,
      result: held.includes(target.name) ? await feed.delete(ref, signal) : 'absent',
    });
  if (results.some(({ result }) => result === 'deleted')) return results;
  throw noPackage(name, targets);
}

function noPackage(name: string, targets: readonly Keeper[]): MigratorError {
  const from = targets.map((target) => target.name).join(' and ');
  return new MigratorError('NOT_FOUND', `there is no package ${name} on ${from}; nothing was deleted`, {
    hint: `see the packages with: migrator package list --from ${targets[0]?.name ?? ''}`,
    details: { missing: [name] },
  });
}
