import { MigratorError } from '../../../errors.ts';
import type { InstanceInfo } from '../../../ports/adapter.ts';
import type { MigrateInput, MigratePorts, Route } from './route.ts';

/**
 * The shortest route that both servers support, or the route that the user asked for. UNSUPPORTED when that is
 * impossible.
 */
export async function chooseRoute(
  input: MigrateInput,
  { source, target }: MigratePorts,
  targetInfo: InstanceInfo,
  signal: AbortSignal,
): Promise<Route> {
  const pushes = source.adapter.exports?.pushes === true && target.adapter.feed?.destination !== undefined;
  const refused =
    source.adapter.moves === undefined
      ? 'the product has no server-side move'
      : await source.adapter.moves.reaches(target, targetInfo, signal);
  if (input.route === 'auto') {
    if (refused === true) return 'move';
    return pushes ? 'push' : 'relay';
  }
  const obstacle =
    input.route === 'move' && refused !== true
      ? refused
      : input.route === 'push' && !pushes
        ? 'servers of this product cannot push to each other'
        : undefined;
  if (obstacle !== undefined) {
    throw new MigratorError(
      'UNSUPPORTED',
      `route ${input.route} is not possible from ${source.name} to ${target.name}: ${obstacle}`,
      { hint: 'use --route auto' },
    );
  }
  return input.route;
}
