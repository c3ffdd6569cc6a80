import { isMigratorError } from '../../../errors.ts';
import type { Options } from '../../../ports/options.ts';
import type { PlanItem } from '../../../ports/plan.ts';
import { flagOf, listOf } from '../../shared/option-values.ts';
import type { Server } from '../server.ts';
import { formatPath, type ProjectPath } from '../wire/paths.ts';
import { resolved, snaplexesOf, tasksNamed, type Task } from './task.ts';
import { noWish, readSnaplexes, type TaskWish } from './wish.ts';

interface Coming {
  /** Where the tasks go, and who looks there. */
  readonly there: Server;
  readonly path: ProjectPath;
  /** The names of the tasks that come. */
  readonly names: readonly string[];
  /** The tasks as the source has them, as far as anybody can tell. */
  readonly read: () => Promise<readonly Task[]>;
  readonly plan: readonly PlanItem[] | undefined;
}

/** What is wished for the tasks that come, and what people should know of them beforehand. */
export async function taskWish(
  { there, path, names, read, plan = [] }: Coming,
  options: Options,
  signal: AbortSignal,
): Promise<{ readonly wish: TaskWish; readonly notes: readonly string[] }> {
  const pairs = readSnaplexes(listOf(options, 'taskSnaplex'));
  const enable = flagOf(options, 'enableTasks');
  const known = pairs.length === 0 ? undefined : await snaplexesOf(there, path.org, signal);
  const snaplexes = pairs.map(([from, to]) => [from, resolved(to, path.org, known)] as const);
  if (names.length === 0) return { wish: { ...noWish, enable, snaplexes }, notes: [] };
  const hit = plan.filter(({ kind, action }) => kind === 'Job' && action === 'overwrite').map(({ name }) => name);
  const lost = await present(there, path, hit, signal);
  const off = enable ? (await read()).filter(({ enabled }) => enabled === false).map(({ name }) => name) : [];
  const on = new Set(lost.filter(({ enabled }) => enabled === true).map(({ name }) => name));
  const leave = off.filter((name) => !on.has(name));
  const before = { enabled: on.size, scheduled: lost.filter(({ scheduled }) => scheduled).length };
  const moved = snaplexes.map(([from, to]) => `tasks on the Snaplex ${from} are put on ${to} afterwards`);
  const enabling = leave.length === 0 ? '' : `, but not those that are disabled at both ends: ${leave.join(', ')}`;
  return {
    wish: { enable, leave, snaplexes, before },
    notes: [
      ...(before.enabled === 0
        ? []
        : [
            `${before.enabled} ${before.enabled === 1 ? 'task' : 'tasks'} of ${formatPath(path)} that ${before.enabled === 1 ? 'is' : 'are'} enabled ${before.enabled === 1 ? 'is' : 'are'} overwritten, with Snaplex and schedule: the control plane may disable ${before.enabled === 1 ? 'it' : 'them'}`,
          ]),
      ...moved,
      ...(enable ? [`the tasks that arrive are enabled afterwards${enabling}`] : []),
    ],
  };
}

/** The tasks that are about to be overwritten; none when this account may not read them. */
async function present(server: Server, path: ProjectPath, names: readonly string[], signal: AbortSignal) {
  try {
    return await tasksNamed(server, path, new Set(names), signal);
  } catch (error) {
    if (!isMigratorError(error, 'AUTH_REFUSED', 'NOT_FOUND')) throw error;
    server.tools.debug(`the tasks of ${formatPath(path)} are not shown: ${error.message}`);
    return [];
  }
}
