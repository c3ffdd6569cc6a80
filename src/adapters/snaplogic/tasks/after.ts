import { isMigratorError, MigratorError } from '../../../errors.ts';
import type { JobMessage, JobStatus } from '../../../ports/job.ts';
import { inParallel } from '../../../streams/in-parallel.ts';
import type { Server } from '../server.ts';
import { formatPath, type ProjectPath } from '../wire/paths.ts';
import { means, snaplexesOf, tasksNamed, type Task } from './task.ts';
import type { TaskWish } from './wish.ts';

const atOnce = 6;
/** These say nothing of the task: the call is made again. */
const passing = ['CANCELLED', 'REMOTE_UNREACHABLE'];

/** Makes the calls that the wish still needs. What fails is kept for `withTasks`, because the job itself is done. */
export async function settleTasks(
  server: Server,
  path: ProjectPath,
  { status, wish }: { readonly status: JobStatus; readonly wish: TaskWish },
  signal: AbortSignal,
): Promise<void> {
  const tasks = await tasksNamed(server, path, arrivedIn(status), signal);
  const failures = inParallel(tasks, atOnce, async (task) => ({
    where: `${formatPath(path)}/${task.name}`,
    why: await settled(server, `${formatPath(path)}/${task.name}`, { task, wish }, signal),
  }));
  for await (const { where, why } of failures) server.ledger.keepTaskFailure(where, why);
}

/** Why the calls for one task failed; empty when they did not. */
async function settled(
  { client }: Server,
  where: string,
  { task, wish }: { readonly task: Task; readonly wish: TaskWish },
  signal: AbortSignal,
): Promise<string> {
  const plex = plexFor(task, wish);
  try {
    const failures = [
      ...(plex === undefined ? [] : await client.setTaskSnaplex(where, plex, signal)),
      ...(isOff(task, wish) ? await client.enableTask(where, signal) : []),
    ];
    return failures.join('; ');
  } catch (error) {
    if (!(error instanceof MigratorError) || passing.includes(error.code)) throw error;
    return error.message;
  }
}

/**
 * The status with what the target shows of the tasks that arrived. The job runs until this process has tried to meet the
 * wish; a wish that is not met then makes it partial.
 */
export async function withTasks(
  server: Server,
  path: ProjectPath,
  { status, wish }: { readonly status: JobStatus; readonly wish: TaskWish },
  signal: AbortSignal,
): Promise<JobStatus> {
  const names = arrivedIn(status);
  if (names.size === 0) return status;
  let tasks: readonly Task[];
  try {
    tasks = await tasksNamed(server, path, names, signal);
  } catch (error) {
    if (!isMigratorError(error, 'AUTH_REFUSED', 'NOT_FOUND')) throw error;
    const text = `${names.size} tasks arrived in ${formatPath(path)}, and this account may not read them: look whether they are enabled, and on which Snaplex`;
    return { ...status, messages: [...status.messages, { level: 'warning', text }] };
  }
  const unmet = tasks.filter((task) => plexFor(task, wish) !== undefined || isOff(task, wish));
  const open = unmet.filter(({ name }) => server.ledger.taskFailure(`${formatPath(path)}/${name}`) === undefined);
  if (open.length > 0) {
    const { id, kind, startedAt, wireState } = status;
    const activity = `${open.length} tasks are still to be set: ${named(open)}`;
    return { id, kind, startedAt, wireState, state: 'running', activity, messages: [] };
  }
  const known = (await snaplexesOf(server, path.org, signal))?.map(({ runtime_path_id: id }) => id);
  return {
    ...status,
    state: unmet.length > 0 && status.state === 'succeeded' ? 'partial' : status.state,
    messages: [
      ...status.messages,
      ...unmet.map((task) => unmetMessage(server, path, task)),
      ...aftermath(tasks, wish, known, path),
    ],
  };
}

const arrivedIn = ({ items = [] }: JobStatus): ReadonlySet<string> =>
  new Set(items.flatMap(({ kind, name, action }) => (kind === 'Job' && action === 'done' ? [name] : [])));

/** The Snaplex that a task should have and has not. */
function plexFor({ snaplex }: Task, { snaplexes }: TaskWish): string | undefined {
  if (snaplex === undefined) return undefined;
  const to = snaplexes.find(([from]) => means(from, snaplex))?.[1];
  return to === snaplex ? undefined : to;
}

const isOff = ({ name, enabled }: Task, { enable, leave }: TaskWish): boolean =>
  enable && enabled === false && !leave.includes(name);

function unmetMessage({ ledger }: Server, path: ProjectPath, { name }: Task): JobMessage {
  const why = ledger.taskFailure(`${formatPath(path)}/${name}`) ?? '';
  const tail = why === '' ? ', although the control plane says so' : `: ${why}`;
  return { level: 'error', text: `Job "${name}" is not as --task-snaplex and --enable-tasks want it${tail}` };
}

const mostNames = 5;

function named(tasks: readonly Task[]): string {
  const more = tasks.length - mostNames;
  const names = tasks.slice(0, mostNames).map(({ name }) => name);
  return [...names, ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

function aftermath(
  tasks: readonly Task[],
  { before }: TaskWish,
  known: readonly string[] | undefined,
  path: ProjectPath,
): readonly JobMessage[] {
  const off = tasks.filter(({ enabled }) => enabled === false);
  const astray = tasks.filter(({ snaplex }) => snaplex !== undefined && known?.includes(snaplex) === false);
  const scheduled = tasks.filter((task) => task.scheduled).length;
  const of = `of ${tasks.length} tasks that arrived in ${formatPath(path)}`;
  const hint = 'enable them with --enable-tasks, or on the control plane';
  const was = before.enabled === 0 ? '' : `; ${before.enabled} of those they replaced were enabled`;
  const texts = [
    ...(off.length === 0 ? [] : [`${off.length} ${of} are disabled: ${named(off)}${was}; ${hint}`]),
    ...(astray.length === 0
      ? []
      : [
          `${astray.length} ${of} name a Snaplex that ${path.org} does not have: ${named(astray)}; give them another one with --task-snaplex ${astray[0]?.snaplex ?? 'old'}=new`,
        ]),
    ...(scheduled < before.scheduled
      ? [
          `${before.scheduled} tasks that were overwritten in ${formatPath(path)} had a schedule, and ${scheduled} have one now`,
        ]
      : []),
  ];
  return texts.map((text) => ({ level: 'warning', text }));
}
