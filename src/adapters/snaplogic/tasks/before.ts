import { isMigratorError, MigratorError } from '../../../errors.ts';
import type { Options } from '../../../ports/options.ts';
import type { PlanItem } from '../../../ports/plan.ts';
import { flagOf, listOf } from '../../shared/option-values.ts';
import type { Server } from '../server.ts';
import { formatPath, type ProjectPath } from '../wire/paths.ts';
import { means, resolved, snaplexesOf, tasksNamed, type Task } from './task.ts';
import { noWish, readSnaplexes, type TaskWish } from './wish.ts';

interface Coming {
  /** Where the tasks go, and who looks there. */
  readonly there: Server;
  readonly path: ProjectPath;
  /** The names of the tasks that come; undefined when nobody can tell. */
  readonly names: readonly string[] | undefined;
  /** The tasks as the source has them, as far as anybody can tell. */
  readonly read: () => Promise<readonly Task[]>;
  readonly plan: readonly PlanItem[] | undefined;
  /** Of a backup: the tasks that are enabled again. */
  readonly enabled?: ReadonlySet<string> | undefined;
}

/** What is wished for the tasks that come, and what people should know of them beforehand. */
export async function taskWish(
  { there, path, names, read, plan = [], enabled }: Coming,
  options: Options,
  signal: AbortSignal,
): Promise<{ readonly wish: TaskWish; readonly notes: readonly string[]; readonly unused: readonly string[] }> {
  const pairs = readSnaplexes(listOf(options, 'taskSnaplex'));
  const restores = enabled !== undefined;
  const enable = restores || flagOf(options, 'enableTasks');
  const known = pairs.length === 0 ? undefined : await snaplexesOf(there, path.org, signal);
  const snaplexes = pairs.map(([from, to]) => [from, resolved(to, path.org, known)] as const);
  refuseChains(snaplexes);
  if (names === undefined || names.length === 0) {
    const unused = names === undefined ? [] : unusedPairs(snaplexes, [], path.org);
    return { wish: { ...noWish, enable, snaplexes }, notes: [], unused };
  }
  const hit = plan.filter(({ kind, action }) => kind === 'Job' && action === 'overwrite').map(({ name }) => name);
  const lost = await present(there, path, hit, signal);
  const source = enable || pairs.length > 0 ? await readable(read, enable) : [];
  const coming = source.filter(({ name }) => names.includes(name));
  const off = enable ? source.filter(({ enabled }) => enabled === false).map(({ name }) => name) : [];
  const on = new Set(lost.filter(({ enabled }) => enabled === true).map(({ name }) => name));
  const leave = restores ? names.filter((name) => !enabled.has(name)) : off.filter((name) => !on.has(name));
  const before = { enabled: on.size, scheduled: lost.filter(({ scheduled }) => scheduled).length };
  const moved = snaplexes.map(([from, to]) => `tasks on the Snaplex ${from} are put on ${to} afterwards`);
  const enabling =
    leave.length === 0
      ? ''
      : `, but not those that ${restores ? 'were disabled' : 'are disabled at both ends'}: ${leave.join(', ')}`;
  return {
    wish: { enable, ...(restores ? { restores } : {}), leave, snaplexes, before },
    // A task that is not shown may be on any Snaplex.
    unused: coming.length < new Set(names).size ? [] : unusedPairs(snaplexes, coming, path.org),
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

/**
 * USAGE when the Snaplex that one pair gives is the one that another pair takes away: where a task then belongs depends on
 * how often, and in which order, the pairs are applied.
 */
function refuseChains(pairs: TaskWish['snaplexes']): void {
  for (const [from, to] of pairs) {
    const next = pairs.find(([other]) => other !== from && means(other, to))?.[0];
    if (next === undefined) continue;
    throw new MigratorError('USAGE', `--task-snaplex puts tasks on ${to}, and ${next} of another pair means that too`, {
      hint: `give each old Snaplex by its whole runtime path id at the source, such as Acme-Dev/rt/cloud/dev; a chain within one org is not possible`,
    });
  }
}

/**
 * What is to be said of pairs that no task uses. On the way to another org the control plane may put a task on the
 * Snaplex of that org that has the same path.
 */
function unusedPairs(pairs: TaskWish['snaplexes'], tasks: readonly Task[], org: string): readonly string[] {
  const ids = tasks.flatMap(({ snaplex }) => (snaplex === undefined ? [] : [snaplex]));
  if (ids.length < tasks.length) return [];
  const there = ids.map((id) => [org, ...id.split('/').slice(1)].join('/'));
  const have =
    tasks.length === 0 ? 'no task comes' : `the tasks that come are on ${[...new Set(ids)].toSorted().join(', ')}`;
  return pairs
    .filter(([from]) => ![...ids, ...there].some((id) => means(from, id)))
    .map(([from, to]) => `--task-snaplex ${from}=${to} changes nothing: ${have}`);
}

/** The tasks at the source. Only `--enable-tasks` cannot do without them. */
async function readable(read: () => Promise<readonly Task[]>, needed: boolean): Promise<readonly Task[]> {
  try {
    return await read();
  } catch (error) {
    if (needed || !isMigratorError(error, 'AUTH_REFUSED', 'NOT_FOUND')) throw error;
    return [];
  }
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
