import { MigratorError } from '../../../errors.ts';
import type { Survey } from '../model/package-against-target.ts';
import type { PackageContent } from '../model/package-content.ts';
import { holdersOutside, sharedServices, type Type } from '../model/types-and-relations.ts';
import { brokenScheduler, type Server } from '../server.ts';
import type { WireObject } from '../wire/schemas.ts';

/**
 * Refuses to empty types when relations would be lost. To empty a type removes its objects from everything that refers
 * to them, and an import restores these relations only for the types that it imports. CONFLICT names the other types
 * that refer to the emptied ones.
 */
export function requireMayEmpty(
  way: 'web' | 'rest',
  wanted: readonly Type[],
  kind: PackageContent['kind'] | undefined,
): void {
  if (way === 'rest' || kind === 'objects') {
    throw new MigratorError('UNSUPPORTED', 'only an import of migration files can empty the database first', {
      hint: 'export and import with --via web',
    });
  }
  if (kind !== 'migration') {
    throw new MigratorError('USAGE', 'the database is not emptied before the files were checked');
  }
  const holders = holdersOutside(wanted);
  if (holders.length === 0) return;
  throw new MigratorError(
    'CONFLICT',
    `emptying ${wanted.join(', ')} would remove them from every ${holders.join(', ')} of the target for good`,
    { hint: `export and import ${holders.join(', ')} as well, or all types`, details: { missing: holders } },
  );
}

/**
 * CONFLICT when the server will fail half-way, because it cannot reach its scheduler. A task of a service that is deleted
 * goes with the service, and the scheduler is not called. So only tasks without such a service count: tasks of a shared
 * service, which stays, and tasks that an import without an end has left without one.
 */
export function requireTasksCanGo(server: Server, tasks: readonly WireObject[]): void {
  const scheduler = brokenScheduler(server);
  const left = tasks.filter(({ service_name: of }) => typeof of !== 'string' || sharedServices.includes(of));
  if (scheduler === undefined || left.length === 0) return;
  const names = left.map(({ name }) => String(name)).toSorted();
  throw new MigratorError('CONFLICT', `${server.name} would fail half-way at ${names.join(', ')}: ${scheduler}`, {
    hint: 'set SCHEDULER_ADDR on the server, for example to http://127.0.0.1:8000, and start it again; or give these tasks a service of their own',
    details: { tasks: names },
  });
}

export const losesPrivate =
  'users, credentials and services lose their passwords, keys and tokens, because the package has none';

/** What emptying destroys besides: for good, or until the backup is brought back. */
export async function lossesOf(
  wanted: readonly Type[],
  { target, holdsPrivate }: Survey,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const has = async (type: Type): Promise<boolean> => wanted.includes(type) && (await target.of(type, signal)).size > 0;
  const losses: string[] = [];
  if (await has('device'))
    losses.push('configurations and operational data of devices are lost for good, also after an undo');
  if (await has('task')) losses.push('no task is active after it, also not after an undo');
  if (!holdsPrivate && ((await has('user')) || (await has('credential')) || (await has('service'))))
    losses.push(losesPrivate);
  return losses;
}
